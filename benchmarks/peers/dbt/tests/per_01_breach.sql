select case_id
from {{ ref('cases_judged') }}
where
    (officer1_id is null or officer2_id is null or officer1_id = officer2_id)
    and not (by_police and (procedure = 'summary' or procedure is null))
