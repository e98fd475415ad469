select record_id
from {{ ref('detections_used') }}
where
    violation_type in ('overload', 'speeding') and device_id is not null and d is not null
    and (not device_found or device_kind <> 'camera')
    and not maybe_covered
