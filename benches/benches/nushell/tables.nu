# Files of a million rows of six columns, of which a filter keeps one in a hundred.
let count = 1_000_000
let kept = $count // 100
def number [index: int] { $index * 7919 mod 1_000_000 }
ulid generate --count $count --lines | lines | enumerate
| each {|row|
    let n = number $row.index
    $'{"id":"($row.item)","name":"user($row.index)","n":($n),"price":($n / 4),"active":($n mod 2 == 0),"city":"Rome"}'
}
| to text | save rows.jsonl
open --raw rows.jsonl | lines
| each { str replace --all --regex '[{}"]|"?[a-z]+":' '' }
| prepend "id,name,n,price,active,city" | to text | save rows.csv
# as many cells in few rows as in many
def wide [columns: int] {
    let row = 1..$columns | each {|n| $'"c($n)":($n)' } | str join ","
    1..(2_000_000 // $columns) | each {|_| $'{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV",($row)}' } | to text | save $"wide($columns).jsonl"
}
wide 20
wide 2000
let own = [row ulid timestamp]
check "the rows of CSV" (ulid open rows.csv | skip 5000 | first 2 | reject ...$own) (open rows.csv | skip 5000 | first 2)
check "the rows of JSON" (ulid open rows.jsonl | skip 5000 | first 2 | reject ...$own) (open --raw rows.jsonl | lines | skip 5000 | first 2 | each { from json })
check "packed" (ulid open rows.csv --msgpack | from msgpack --objects | skip 5000 | first 2 | to nuon) (ulid open rows.csv | skip 5000 | first 2 | to nuon)
check "filtered" (ulid open rows.jsonl --filter $"n < ($kept)" | length) $kept
let row = ulid open rows.csv | first
let few = ulid open rows.csv | first | reject ...$own
let whole = measure --rounds 3 --operations $count {
    "JSONL, open --raw | lines | each { from json }": { check "all" (open --raw rows.jsonl | lines | each { from json } | length) $count }
    "JSONL, ulid open": { check "all" (ulid open rows.jsonl | length) $count }
    "JSONL, ulid open --msgpack": { check "all" (ulid open rows.jsonl --msgpack | from msgpack --objects | length) $count }
    "such rows, from a plugin that does nothing else": { check "all" (pass rows $count $row | length) $count }
    "such rows, without what is added": { check "all" (pass rows $count $few | length) $count }
    "JSONL, open, 1 % kept": { check "some" (open --raw rows.jsonl | lines | each { from json } | where n < $kept | length) $kept }
    "JSONL, ulid open --filter, 1 % kept": { check "some" (ulid open rows.jsonl --filter $"n < ($kept)" | length) $kept }
    "CSV, open": { check "all" (open rows.csv | length) $count }
    "CSV, ulid open": { check "all" (ulid open rows.csv | length) $count }
    "CSV, ulid open --msgpack": { check "all" (ulid open rows.csv --msgpack | from msgpack --objects | length) $count }
    "CSV, open, 1 % kept": { check "some" (open rows.csv | where n < $kept | length) $kept }
    "CSV, ulid open --filter, 1 % kept": { check "some" (ulid open rows.csv --filter $"n < ($kept)" | length) $kept }
}
let cells = measure --rounds 3 --operations 2_000_000 {
    "a cell of 20 columns": { ulid open wide20.jsonl | length }
    "a cell of 2,000 columns": { ulid open wide2000.jsonl | length }
    "a cell of 20 columns, until it leaves the plugin": { ulid open wide20.jsonl --msgpack | save --force packed }
    "a cell of 2,000 columns, until it leaves the plugin": { ulid open wide2000.jsonl --msgpack | save --force packed }
    "a cell of 20 columns, from json": { open --raw wide20.jsonl | lines | each { from json } | length }
    "a cell of 2,000 columns, from json": { open --raw wide2000.jsonl | lines | each { from json } | length }
}
$whole ++ $cells
