// Drives `ulid-dap inspect` by the debug client that VS Code's own adapters are tested with, and prints what a person
// would see. usage: node client.js NODE_MODULES BINARY PROGRAM
const path = require("node:path");
const [modules, binary, program] = process.argv.slice(2);
const { DebugClient } = require(path.join(modules, "@vscode/debugadapter-testsupport"));

const client = new DebugClient(binary, "inspect", "ulid");
client.defaultTimeout = 10_000;

async function main() {
    await client.start();
    const { body: capabilities } = await client.initializeRequest();
    console.log("steps back:", capabilities.supportsStepBack);
    await Promise.all([
        client.waitForEvent("initialized"),
        client.launch({ program, stopOnEntry: true }),
    ]);
    const { body: set } = await client.setBreakpointsRequest({
        source: { path: program },
        breakpoints: [{ line: 3 }, { line: 99 }],
    });
    for (const { verified, line, message } of set.breakpoints) {
        console.log("breakpoint:", line, verified ? "set" : message);
    }
    await see(client.configurationDoneRequest());
    await see(client.nextRequest({ threadId: 1 }));
    await see(client.continueRequest({ threadId: 1 }));
    console.log("evaluate:", (await client.evaluateRequest({ expression: "repair" })).body.result);
    await see(client.stepBackRequest({ threadId: 1 }));
    console.log("evaluate:", (await client.evaluateRequest({ expression: "forms.integer" })).body.result);
    await see(client.reverseContinueRequest({ threadId: 1 }));
    await client.evaluateRequest({ expression: "nonsense" }).catch((error) => console.log("refused:", error.message));
    await client.disconnectRequest();
}

/// Prints where the program stands after a motion: the frame, and every variable that is not expensive.
async function see(motion) {
    const [stopped] = await Promise.all([client.waitForEvent("stopped"), motion]);
    const { threads } = (await client.threadsRequest()).body;
    const { stackFrames } = (await client.stackTraceRequest({ threadId: threads[0].id })).body;
    const { name, line, source } = stackFrames[0];
    console.log(`\n${stopped.body.reason}: ${source.name}:${line} ${name}`);
    const { scopes } = (await client.scopesRequest({ frameId: stackFrames[0].id })).body;
    for (const scope of scopes.filter((scope) => !scope.expensive)) {
        console.log(scope.name);
        const { variables } = (await client.variablesRequest({ variablesReference: scope.variablesReference })).body;
        for (const { name, value } of variables.filter(({ name }) => name !== "age")) {
            console.log(`  ${name} = ${value}`);
        }
    }
}

main().then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    },
);
