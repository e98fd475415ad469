-- Detections that a document or a case rests on, with their device and what its certificates say of the day.
with
on_notices as (
    select
        record_id,
        bool_or(coalesce(kind in ('violation_notice', 'penalty_notice', 'decision'), false)) as used_by_notice,
        bool_or(coalesce(kind in ('violation_notice', 'penalty_notice'), false)) as has_violation_notice,
        min(issued_at::date) filter (where kind in ('violation_notice', 'penalty_notice', 'decision'))
            as first_notice_on,
        min(issued_at::date) filter (where kind in ('violation_notice', 'penalty_notice'))
            as first_violation_notice_on
    from {{ source('records', 'notices') }}
    where record_id is not null
    group by record_id
),

on_cases as (
    select
        record_id,
        true as used_by_case,
        least(min(filed_on), min(decided_on)) as first_case_on,
        bool_and(coalesce(enforcement_mode = 'on_site', false)) as onsite_only
    from {{ source('records', 'cases') }}
    where record_id is not null and coalesce(status, '') <> 'withdrawn'
    group by record_id
),

used as (
    select
        d.*,
        d.detected_at::date as d,
        coalesce(n.used_by_notice, false) as used_by_notice,
        coalesce(n.has_violation_notice, false) as has_violation_notice,
        n.first_notice_on,
        n.first_violation_notice_on,
        coalesce(c.used_by_case, false) as used_by_case,
        c.first_case_on,
        coalesce(c.onsite_only, false) as onsite_only
    from {{ source('records', 'detections') }} as d
    left join on_notices as n on d.record_id = n.record_id
    left join on_cases as c on d.record_id = c.record_id
    where n.used_by_notice or c.used_by_case
),

days as (
    select distinct device_id, d
    from used
    where device_id is not null and d is not null
),

covered as (
    select
        y.device_id,
        y.d,
        bool_or(coalesce(c.result = 'passed' and y.d < c.maybe_failed_on, false)) as covered,
        bool_or(coalesce(c.result = 'passed', true) and y.d < c.failed_on) as maybe_covered,
        bool_or(coalesce(c.result <> 'failed', true) and y.d < c.failed_on and c.proper) as maybe_verified
    from days as y
    inner join
        {{ ref('certificates') }} as c
        on y.device_id = c.device_id and y.d between c.verified_on and c.until_on
    group by y.device_id, y.d
)

select
    u.*,
    v.device_id is not null as device_found,
    v.kind as device_kind,
    v.legal_review_on,
    v.technical_review_on,
    coalesce(k.covered, false) as covered,
    coalesce(k.maybe_covered, false) as maybe_covered,
    coalesce(k.maybe_verified, false) as maybe_verified
from used as u
left join {{ source('records', 'devices') }} as v on u.device_id = v.device_id
left join covered as k on u.device_id = k.device_id and u.d = k.d
