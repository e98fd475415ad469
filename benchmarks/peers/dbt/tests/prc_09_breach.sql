select case_id
from {{ ref('cases_judged') }}
where
    filed_on >= date '2021-07-15' and end_on > last_day
    and not coalesce(extension_approved_on <= filed_on + 90 and coalesce(end_on <= extended_to, true), false)
