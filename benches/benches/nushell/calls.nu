check "valid" (ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV) true
let cold = 0..<25 | each {|_|
    plugin stop ulid
    timeit { ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV | ignore } | into int
}
[{name: "cold start", clock_ns: ($cold | math median)}] ++ (measure --rounds 25 --repeats 20 {
    "warm call": { ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV | ignore }
    "warm pass-through": { 1 | pass through | ignore }
})
