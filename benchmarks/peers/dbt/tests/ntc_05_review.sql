{{ config(severity='warn') }}
select record_id
from {{ ref('detections_used') }}
where
    has_violation_notice and first_violation_notice_on - d > 30
