check "valid" (ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV) true
let cold = 0..<25 | each {|_|
    plugin stop ulid
    timeit { ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV | ignore } | into int
}
[{name: "after the plugin was stopped", clock_ns: ($cold | math median)}] ++ (measure --rounds 25 --repeats 20 {
    "of a running plugin": { ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV | ignore }
    "pass-through": { 1 | pass through | ignore }
})
