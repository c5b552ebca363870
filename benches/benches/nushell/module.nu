# The module beside pipelines that call the plugin once for the whole list, and give the same rows.
let count = 100_000
let rows = ulid generate --count $count | enumerate | each {|row| {id: $row.item, n: $row.index, city: Rome} }
let bare = $rows | select n city
let now = date now
check "aged" ($rows | ulid with-age id | get age | all {|age| $age < 1hr }) true
check "by hours" ($rows | ulid by-hour id | values | flatten) $rows
check "as UUIDs" ($rows | ulid with-uuid id | get uuid) ($rows | get id | ulid to-uuid)
measure --rounds 7 --operations $count {
    "add, by hand": { $bare | merge (ulid generate --count $count | wrap id) | ignore }
    "ulid add": { $bare | ulid add | ignore }
    "with-age, by hand": { $rows | merge ($rows | get id | ulid timestamp | each {|time| $now - $time } | wrap age) | ignore }
    "ulid with-age": { $rows | ulid with-age id | ignore }
    "recent, by hand": { $rows | ulid between id --since 1hr | ignore }
    "ulid recent": { $rows | ulid recent id 1hr | ignore }
    "by-hour, by hand": { $rows | merge ($rows | get id | ulid timestamp | format date "%Y-%m-%dT%H:00Z" | wrap hour) | group-by hour | ignore }
    "ulid by-hour": { $rows | ulid by-hour id | ignore }
    "clean, by hand": { $rows | into ulid id --lenient --on-error drop | ignore }
    "ulid clean": { $rows | ulid clean id | ignore }
    "with-uuid, by hand": { $rows | merge ($rows | get id | ulid timestamp | wrap created_at) | merge ($rows | get id | ulid to-uuid | wrap uuid) | ignore }
    "ulid with-uuid": { $rows | ulid with-uuid id | ignore }
}
