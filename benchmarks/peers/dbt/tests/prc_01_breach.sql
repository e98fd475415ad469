select case_id
from {{ ref('cases_judged') }}
where
    decided_on is not null and procedure <> 'summary' and penalty_type in ('warning', 'fine', 'other')
    and (prior_notice_on is null or prior_notice_on > decided_on)
