{{ config(severity='warn') }}
select case_id
from {{ ref('cases_judged') }}
where
    fined and fined_again and all_about_another
