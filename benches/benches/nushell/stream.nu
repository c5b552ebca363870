let first = measure --rounds 25 {"the first of a billion": { ulid generate --count 1000000000 | ulid parse | first | ignore }}
let rows = 1_000_000
let work = measure --rounds 1 --operations $rows {
    "pass-through": { check "passed" (1..$rows | each {} | pass through | length) $rows }
    "ulid validate": { check "validated" (1..$rows | each {} | ulid validate | length) $rows }
    "ulid timestamp": { check "timed" (ulid generate --count $rows | ulid timestamp | length) $rows }
}
$first ++ $work ++ [
    {name: "memory of nu", bytes: (peak $nu.pid)}
    {name: "memory of the plugin", bytes: (peak (plugin-pid ulid))}
]
