{{ config(severity='warn') }}
select case_id
from {{ ref('cases_judged') }}
where
    filed_on >= date '2021-07-15' and end_on > last_day
    and extension_approved_on <= filed_on + 90 and end_on <= extended_to
