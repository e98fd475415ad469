{{ config(severity='warn') }}
select record_id
from {{ ref('detections_used') }}
where
    device_found and d >= date '2021-07-15'
    and (
        legal_review_on is null or legal_review_on > d
        or technical_review_on is null or technical_review_on > d
    )
    and onsite_only
