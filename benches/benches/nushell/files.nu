let count = 5_000_000
ulid generate --count $count --lines | save sorted.txt
ulid generate --count $count --random --lines | save shuffled.txt
let figures = ulid stats sorted.txt
check "sorted" ($figures | select count valid sorted duplicates) {count: $count, valid: $count, sorted: true, duplicates: 0}
check "shuffled" (ulid stats shuffled.txt | select valid sorted duplicates) {valid: $count, sorted: false, duplicates: 0}
check "found" (ulid scan --count sorted.txt) $count
check "filtered" (ulid open sorted.txt --filter $"id = ($figures.last)" | get ulid) [$figures.last]
plugin stop ulid
let times = measure --rounds 5 --operations $count {
    "ulid stats, sorted": { ulid stats sorted.txt | ignore }
    "ulid scan --count": { ulid scan --count sorted.txt | ignore }
    "ulid open --filter": { ulid open sorted.txt --filter $"id = ($figures.last)" | length | ignore }
}
let flat = peak (plugin-pid ulid)
$times ++ (measure --rounds 5 --operations $count {
    "ulid stats, shuffled": { ulid stats shuffled.txt | ignore }
    "open --raw | ulid stats": { open --raw sorted.txt | ulid stats | ignore }
}) ++ [
    {name: "memory of the plugin, sorted", bytes: $flat}
    {name: "memory of the plugin, shuffled", bytes: (peak (plugin-pid ulid))}
]
