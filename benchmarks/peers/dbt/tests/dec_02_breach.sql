select case_id
from {{ ref('cases_judged') }}
where
    fined and violation_type = 'overload' and excess_kg > 1000 and permit_no is null and not by_police
    and fine_yuan > least(30000, 500 * ceil(excess_kg / 1000)) and not oversize
