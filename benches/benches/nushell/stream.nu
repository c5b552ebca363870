let idle = own-peak $nu.pid
let first = measure --rounds 25 {"the first row of a billion": { ulid generate --count 1000000000 | ulid parse | first | ignore }}
let rows = 1_000_000
let work = measure --rounds 1 --operations $rows {
    "pass-through": { check "passed" (1..$rows | each {} | pass through | length) $rows }
    "ulid validate": { check "validated" (1..$rows | each {} | ulid validate | length) $rows }
    "ulid timestamp": { check "timed" (ulid generate --count $rows | ulid timestamp | length) $rows }
}
$first ++ $work ++ [
    {name: "memory of Nushell", bytes: (peak $nu.pid)}
    {name: "memory of Nushell, without its program file", bytes: (own-peak $nu.pid)}
    {name: "what the streams added to that", bytes: ((own-peak $nu.pid) - $idle)}
    {name: "memory of the plugin", bytes: (peak (plugin-pid ulid))}
]
