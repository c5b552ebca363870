let ids = ulid generate --count 100000
let few = $ids | first 1000
check "one by one" ($few | each {|id| ulid validate $id } | uniq) [true]
check "in order" ($ids | reverse | ulid sort) $ids
check "taken apart" ($few | each {|id| $id | ulid parse } | get ulid) $few
$ids | pass keep ids
$ids | ulid parse | pass keep records
check "given" (pass give records) ($ids | ulid parse)
let calls = measure --operations 1000 {
    "each { pass through }": { $few | each {|id| $id | pass through } | ignore }
    "each { ulid validate }": { $few | each {|id| ulid validate $id } | ignore }
    "each { ulid parse }": { $few | each {|id| $id | ulid parse } | ignore }
}
$calls ++ (measure --rounds 5 --operations 100000 {
    "pass-through": { $ids | pass through | ignore }
    "a list of IDs, given": { pass give ids | ignore }
    "records of four columns, given": { pass give records | ignore }
    "ulid generate --count": { ulid generate --count 100000 | ignore }
    "ulid validate": { $ids | ulid validate | ignore }
    "ulid timestamp --ms": { $ids | ulid timestamp --ms | ignore }
    "ulid parse, beside its compact form": { $ids | ulid parse | ignore }
    "ulid parse, beside its full form": { $ids | ulid parse | ignore }
    "ulid sort": { $ids | ulid sort | ignore }
})
