{{ config(severity='warn') }}
select case_id
from {{ ref('cases_judged') }}
where
    decided_on >= date '2021-07-15' and waited_days > 7
    and service_method in ('mail', 'public') and (sent or not maybe_document)
