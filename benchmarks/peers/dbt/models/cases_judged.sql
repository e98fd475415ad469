-- Cases that were not withdrawn, with their detection, agency, deadlines in working days, and decision documents.
with
own as (
    select
        *,
        decided_on is not null and fine_yuan > 0 as fined,
        case when status = 'open' then coalesce(decided_on, date '2025-12-31') else decided_on end as end_on,
        coalesce(served_on, date '2025-12-31') as served_or_today
    from {{ source('records', 'cases') }}
    where coalesce(status, '') <> 'withdrawn'
),

sent as (
    select
        n.case_id,
        bool_or(coalesce(n.kind = 'decision', false)) as has_document,
        bool_or(coalesce(n.kind = 'decision', true)) as maybe_document,
        bool_or(coalesce(n.kind = 'decision' and (issued.working_days - decided.working_days) <= 7, false)) as sent,
        bool_or(coalesce(n.kind = 'decision' and (issued.working_days - decided.working_days) <= 7, true)) as maybe_sent
    from {{ source('records', 'notices') }} as n
    inner join own as c on n.case_id = c.case_id
    left join {{ source('records', 'calendar') }} as decided on c.decided_on = decided.day
    left join
        {{ source('records', 'calendar') }} as issued
        on greatest(n.issued_at::date, case when n.issued_at is not null then c.decided_on end) = issued.day
    group by n.case_id
),

named as (
    select case_id, record_id, party_name, violation_type, fined
    from own
    where record_id is not null and coalesce(fined, true)
),

again as (
    select
        a.case_id,
        bool_or(coalesce(b.fined, false)) as fined_again,
        bool_and(coalesce(not b.fined or b.party_name <> a.party_name or b.violation_type <> a.violation_type, false))
            as all_about_another,
        bool_or(not coalesce(not b.fined or b.party_name <> a.party_name or b.violation_type <> a.violation_type, true))
            as some_about_the_same
    from named as a
    inner join named as b on a.record_id = b.record_id and a.case_id <> b.case_id
    group by a.case_id
)

select
    c.*,
    d.gross_weight_kg - d.limit_weight_kg as excess_kg,
    d.permit_no,
    coalesce(d.length_mm > 18100, false) or coalesce(d.width_mm > 2550, false)
        or coalesce(d.height_mm > 4000, false) as oversize,
    coalesce(g.kind = 'police', false) as by_police,
    ninety.rolled_on as last_day,
    extended.rolled_on as extended_to,
    case when c.served_or_today > c.decided_on then served.working_days - decided.working_days else 0 end as waited_days,
    coalesce(s.has_document, false) as has_document,
    coalesce(s.maybe_document, false) as maybe_document,
    coalesce(s.sent, false) as sent,
    coalesce(s.maybe_sent, false) as maybe_sent,
    coalesce(a.fined_again, false) as fined_again,
    coalesce(a.all_about_another, false) as all_about_another,
    coalesce(a.some_about_the_same, false) as some_about_the_same
from own as c
left join {{ source('records', 'detections') }} as d on c.record_id = d.record_id
left join {{ source('records', 'agencies') }} as g on c.agency_id = g.agency_id
left join {{ source('records', 'calendar') }} as ninety on c.filed_on + 90 = ninety.day
left join {{ source('records', 'calendar') }} as extended on c.filed_on + 90 + c.extension_days::integer = extended.day
left join {{ source('records', 'calendar') }} as decided on c.decided_on = decided.day
left join {{ source('records', 'calendar') }} as served on c.served_or_today = served.day
left join sent as s on c.case_id = s.case_id
left join again as a on c.case_id = a.case_id
