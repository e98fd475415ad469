-- Certificates with the day on which a later failed verification ends them, for certain or perhaps.
select
    c.certificate_no,
    c.device_id,
    c.verified_on,
    coalesce(c.valid_until, (c.verified_on + interval 12 month)::date) as until_on,
    c.result,
    c.valid_until is not null and coalesce(c.kind, '') <> 'calibration' as proper,
    coalesce(min(f.verified_on) filter (where f.result = 'failed'), date '9999-12-31') as failed_on,
    coalesce(min(f.verified_on), date '9999-12-31') as maybe_failed_on
from {{ source('records', 'calibrations') }} as c
left join
    {{ source('records', 'calibrations') }} as f
    on
        c.device_id = f.device_id and f.verified_on > c.verified_on
        and coalesce(f.kind, '') <> 'calibration' and coalesce(f.result, 'failed') = 'failed'
group by all
