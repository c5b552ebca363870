# Tables with ULIDs: small commands on top of the plugin.
#
#     use ulid.nu
#     $rows | ulid add | ulid with-age id

# Adds a new ULID to every row, in ascending order.
export def add [
    column: string = "id" # The new column.
]: table -> table {
    let rows = $in
    let ids = null | ulid generate --count ($rows | length)
    $rows | enumerate | each {|row| $row.item | insert $column ($ids | get $row.index) }
}

# Adds how long ago each ULID was made, as a duration.
export def with-age [
    path: cell-path # The cell that holds the ID.
    --into: string = "age" # The new column.
]: table -> table {
    let rows = $in
    let now = date now
    $rows | ulid timestamp $path --insert $into | update $into {|row| $now - ($row | get $into) }
}

# Keeps the rows whose ULID is not older than this.
export def recent [
    path: cell-path # The cell that holds the ID.
    age: duration # How old it may be.
]: table -> table {
    $in | ulid between $path --since $age
}

# Groups rows by the hour of their ULID, in UTC.
export def by-hour [
    path: cell-path # The cell that holds the ID.
]: table -> record {
    $in | group-by {|row| $row | get $path | ulid timestamp | date to-timezone UTC | format date "%Y-%m-%dT%H:00Z" }
}

# Makes a column canonical: upper case, from any form, with I, L and O read as digits. Rows without an ID are dropped.
export def clean [
    path: cell-path # The cell that holds the ID.
]: table -> table {
    $in | into ulid $path --lenient --on-error drop
}

# Adds the same 128 bits as UUID, and the time they hold, for a database that knows no ULID.
export def with-uuid [
    path: cell-path # The cell that holds the ID.
]: table -> table {
    $in | ulid timestamp $path --insert created_at | insert uuid {|row| $row | get $path | ulid to-uuid }
}
