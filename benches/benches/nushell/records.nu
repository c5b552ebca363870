let ids = ulid generate --count 20000
let records = $ids | ulid parse
check "passed" ($records | pass through) $records
check "parsed" ($records | get ulid) $ids
check "validated" ($records | ulid validate ulid | get ulid | uniq) [true]
check "inserted" ($records | ulid timestamp ulid --insert at | all {|row| $row.at == $row.timestamp }) true
measure {
    "pass-through": { $records | pass through | ignore }
    "ulid parse, which makes them": { $ids | ulid parse | ignore }
    "ulid validate of a column": { $records | ulid validate ulid | ignore }
    "ulid timestamp of a column": { $records | ulid timestamp ulid | ignore }
    "ulid timestamp --insert": { $records | ulid timestamp ulid --insert at | ignore }
} --repeats 4 --operations 20000
