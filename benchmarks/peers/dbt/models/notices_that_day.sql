-- Notices of a violation with the documents of that agency, vehicle and day; blank agency and colour are own values.
with
own as (
    select *, issued_at::date as issued_on
    from {{ source('records', 'notices') }}
    where kind in ('violation_notice', 'penalty_notice') and plate_no is not null and issued_at is not null
),

groups as (
    select
        agency_id,
        plate_no,
        plate_color,
        issued_on,
        count(distinct notice_id) as documents,
        count(distinct record_id) + count(*) filter (where record_id is null) as records_behind
    from own
    group by all
)

select o.notice_id, o.issued_on, g.documents, g.records_behind
from own as o
inner join
    groups as g
    on
        o.plate_no = g.plate_no and o.issued_on = g.issued_on
        and o.agency_id is not distinct from g.agency_id and o.plate_color is not distinct from g.plate_color
