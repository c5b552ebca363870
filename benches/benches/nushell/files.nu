let count = 5_000_000
ulid generate --count $count --lines | save sorted.txt
ulid generate --count $count --random --lines | save shuffled.txt
let figures = ulid stats sorted.txt
check "sorted" ($figures | select count valid sorted duplicate) {count: $count, valid: $count, sorted: true, duplicate: 0}
check "shuffled" (ulid stats shuffled.txt | select valid sorted duplicate) {valid: $count, sorted: false, duplicate: 0}
check "found" (ulid scan --count sorted.txt) $count
check "filtered" (ulid open sorted.txt --filter $"id = ($figures.last)" | get ulid) [$figures.last]

# a fifth, and all: what a call holds does not grow with what it reads
ulid generate --count 1_000_000 --lines | save fifth.txt
def peak-of [file: string] {
    plugin stop ulid
    ulid stats $file | ignore
    ulid scan --count $file | ignore
    ulid open $file --filter "not valid" | ignore
    peak (plugin-pid ulid)
}
let memory = [
    {name: "memory of the plugin, 1,000,000 IDs", bytes: (peak-of fifth.txt)}
    {name: "memory of the plugin, 5,000,000 IDs", bytes: (peak-of sorted.txt)}
]
let times = measure --rounds 7 --operations $count {
    "ulid stats, sorted": { ulid stats sorted.txt | ignore }
    "ulid stats, shuffled": { ulid stats shuffled.txt | ignore }
    "ulid scan --count": { ulid scan --count sorted.txt | ignore }
    "ulid open --filter": { ulid open sorted.txt --filter $"id = ($figures.last)" | length | ignore }
    "open --raw | ulid stats": { open --raw sorted.txt | ulid stats | ignore }
}
$times ++ $memory
