let ids = ulid generate --count 100000
check "valid" ($ids | ulid validate | uniq) [true]
check "as they were" ($ids | into ulid) $ids
check "times" ($ids | ulid timestamp --ms | first) ($ids | first | ulid parse | get unix_ms)
check "passed" ($ids | pass through) $ids
measure {
    "pass-through": { $ids | pass through | ignore }
    "ulid validate": { $ids | ulid validate | ignore }
    "ulid timestamp --ms": { $ids | ulid timestamp --ms | ignore }
    "into ulid": { $ids | into ulid | ignore }
    "ulid timestamp": { $ids | ulid timestamp | ignore }
    "ulid to-uuid": { $ids | ulid to-uuid | ignore }
    "ulid sort": { $ids | ulid sort | ignore }
} --repeats 4 --operations 100000
