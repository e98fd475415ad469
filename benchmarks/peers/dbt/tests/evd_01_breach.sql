select record_id
from {{ ref('detections_used') }}
where
    not onsite_only and used_by_case
    and (
        review_result is null or review_result = 'failed'
        or reviewed_at is null or reviewed_at::date > first_case_on
    )
