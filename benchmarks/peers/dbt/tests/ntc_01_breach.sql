select notice_id
from {{ ref('notices_that_day') }}
where
    documents >= 10 and records_behind >= 10 and issued_on >= date '2023-05-11'
