select case_id
from {{ ref('cases_judged') }}
where
    fined and fined_again and some_about_the_same
