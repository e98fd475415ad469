select case_id
from {{ ref('cases_judged') }}
where
    decided_on >= date '2021-07-15' and waited_days > 7
    and (service_method not in ('mail', 'public') or (has_document and not maybe_sent))
