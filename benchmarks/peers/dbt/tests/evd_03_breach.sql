select record_id
from {{ ref('detections_used') }}
where
    plate_no is null or detected_at is null or station_id is null
    or (
        violation_type = 'overload'
        and (gross_weight_kg is null or limit_weight_kg is null or axle_count is null)
    )
    or (violation_type = 'speeding' and speed_kmh is null)
