{{ config(severity='warn') }}
select record_id
from {{ ref('detections_used') }}
where
    (
        not used_by_case
        and (review_result is null or review_result = 'failed' or reviewed_at is null)
    )
    or (
        used_by_notice and reviewed_at::date > first_notice_on
        and not (used_by_case and reviewed_at::date > first_case_on)
        and (onsite_only or not (used_by_case and (review_result is null or review_result = 'failed')))
    )
    or (
        onsite_only and used_by_case
        and (
            review_result is null or review_result = 'failed'
            or reviewed_at is null or reviewed_at::date > first_case_on
        )
    )
