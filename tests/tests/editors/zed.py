"""The extension for Zed, in the engine that Zed runs it in, with a folder that this script plays.

usage: zed.py EXTENSION.wasm
"""

import sys

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Record, ResourceHost, ResourceType, Variant

FOLDER = 1
found = {"ulid-dap": "/home/u/.cargo/bin/ulid-dap"}


def told(answer):
    def method(store, folder, *arguments):
        folder.drop(store)  # it was lent
        return answer(*arguments)

    return method


engine = Engine()
store = Store(engine)
wasi = WasiConfig()
wasi.env = [("PWD", "/")]
store.set_wasi(wasi)
component = Component.from_file(engine, sys.argv[1])
linker = Linker(engine)
linker.add_wasip2()
with linker.root() as root:
    for number, name in enumerate(["worktree", "project", "key-value-store"], FOLDER):
        root.add_resource(name, ResourceType.host(number), lambda _store, _value: None)
    root.add_func("[method]worktree.root-path", told(lambda: "/x"))
    root.add_func("[method]worktree.which", told(found.get))
    root.add_func("[method]worktree.shell-env", told(lambda: [("HOME", "/home/u")]))
    with root.add_instance("zed:extension/dap") as dap:
        dap.add_func("resolve-tcp-template", lambda _store, template: connection(template.port))


def connection(port):
    return record(port=port, host=0x7F000001, timeout=None)


def record(**fields):
    made = Record()
    vars(made).update(fields)
    return made


extension = linker.instantiate(store, component)


def call(name, *arguments):
    function = extension.get_func(store, name)
    answer = function(store, *arguments)
    function.post_return(store)
    return answer


def shown(value):
    if isinstance(value, (Variant, list, tuple, str, int, bool)) or value is None:
        return value
    return {name: shown(field) for name, field in vars(value).items()}


def binary(config, path=None, tcp=None):
    task = record(label="x", adapter="ulid", config=config, **{"tcp-connection": tcp})
    folder = ResourceHost.borrow(0, FOLDER)
    return shown(call("get-dap-binary", "ulid", task, path, folder))


def scenario(request, stops=None):
    asked = record(label="x", adapter="ulid", request=request, **{"stop-on-entry": stops})
    return shown(call("dap-config-to-scenario", asked))


def launch(program, cwd=None, args=(), envs=()):
    return Variant("launch", record(program=program, cwd=cwd, args=list(args), envs=list(envs)))


call("init-extension")
LAUNCH = '{"request":"launch","program":"/x/t.csv"}'
print("launch:", binary(LAUNCH))
print("attach:", binary('{"request":"attach","program":"/x/t.csv"}'))
print("chosen:", binary(LAUNCH, "/opt/ulid-dap"))
print("running:", binary(LAUNCH, tcp=record(port=4711, host=None, timeout=None)))
print("no port:", binary(LAUNCH, tcp=record(port=None, host=None, timeout=None)))
print("no request:", binary('{"program":"/x/t.csv"}'))
found.clear()
print("not found:", binary(LAUNCH))
print("kind:", call("dap-request-kind", "ulid", '{"request":"attach"}'))
print("typed:", scenario(launch("t.csv", "/x"), True))
print("typed whole:", scenario(launch("/y/t.csv", "/x")))
print("arguments:", scenario(launch("t.csv", args=["--sort"])))
print("environment:", scenario(launch("t.csv", envs=[("A", "b")])))
print("process:", scenario(Variant("attach", record(**{"process-id": 7}))))
