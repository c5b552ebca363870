import com.microsoft.java.debug.core.IEvaluatableBreakpoint;
import com.microsoft.java.debug.core.JavaBreakpointLocation;
import com.microsoft.java.debug.core.adapter.HotCodeReplaceEvent;
import com.microsoft.java.debug.core.adapter.ICompletionsProvider;
import com.microsoft.java.debug.core.adapter.IDebugAdapterContext;
import com.microsoft.java.debug.core.adapter.IEvaluationProvider;
import com.microsoft.java.debug.core.adapter.IHotCodeReplaceProvider;
import com.microsoft.java.debug.core.adapter.ISourceLookUpProvider;
import com.microsoft.java.debug.core.adapter.IVirtualMachineManagerProvider;
import com.microsoft.java.debug.core.adapter.ProtocolServer;
import com.microsoft.java.debug.core.adapter.ProviderContext;
import com.microsoft.java.debug.core.protocol.Types;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.StackFrame;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachineManager;
import io.reactivex.Observable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** java-debug without a language server: a source is a class of its name, and expressions are names of variables. */
public final class JavaDebug {
    public static void main(String[] arguments) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            try (var client = server.accept()) {
                new ProtocolServer(client.getInputStream(), client.getOutputStream(), providers()).run();
            }
        }
        System.exit(0);
    }

    private static ProviderContext providers() {
        var context = new ProviderContext();
        context.registerProvider(ISourceLookUpProvider.class, new Sources());
        context.registerProvider(IVirtualMachineManagerProvider.class, new Machines());
        context.registerProvider(IHotCodeReplaceProvider.class, new Unchanged());
        context.registerProvider(IEvaluationProvider.class, new Names());
        context.registerProvider(ICompletionsProvider.class, new None());
        return context;
    }

    private static final class Sources implements ISourceLookUpProvider {
        @Override
        public boolean supportsRealtimeBreakpointVerification() {
            return false;
        }

        @Override
        public String[] getFullyQualifiedName(String source, int[] lines, int[] columns) {
            var names = new String[lines.length];
            Arrays.fill(names, Path.of(source).getFileName().toString().replace(".java", ""));
            return names;
        }

        @Override
        public JavaBreakpointLocation[] getBreakpointLocations(String source, Types.SourceBreakpoint[] breakpoints) {
            var locations = new JavaBreakpointLocation[breakpoints.length];
            for (int number = 0; number < locations.length; number++) {
                locations[number] = new JavaBreakpointLocation(breakpoints[number].line, breakpoints[number].column);
                locations[number].setClassName(Path.of(source).getFileName().toString().replace(".java", ""));
            }
            return locations;
        }

        @Override
        public List<MethodInvocation> findMethodInvocations(String uri, int line) {
            return List.of();
        }

        @Override
        public String getSourceFileURI(String name, String path) {
            return null;
        }

        @Override
        public String getSourceContents(String uri) {
            return "";
        }
    }

    private static final class Machines implements IVirtualMachineManagerProvider {
        @Override
        public VirtualMachineManager getVirtualMachineManager() {
            return Bootstrap.virtualMachineManager();
        }
    }

    private static final class Unchanged implements IHotCodeReplaceProvider {
        @Override
        public void onClassRedefined(Consumer<List<String>> consumer) {}

        @Override
        public CompletableFuture<List<String>> redefineClasses() {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public Observable<HotCodeReplaceEvent> getEventHub() {
            return Observable.empty();
        }
    }

    private static final class None implements ICompletionsProvider {
        @Override
        public List<Types.CompletionItem> codeComplete(StackFrame frame, String text, int line, int column) {
            return List.of();
        }
    }

    private static final class Names implements IEvaluationProvider {
        private IDebugAdapterContext context;

        @Override
        public void initialize(IDebugAdapterContext context, Map<String, Object> options) {
            this.context = context;
        }

        @Override
        public boolean isInEvaluation(ThreadReference thread) {
            return false;
        }

        @Override
        public CompletableFuture<Value> evaluate(String name, ThreadReference thread, int depth) {
            try {
                var frame = thread.frame(depth);
                return CompletableFuture.completedFuture(frame.getValue(frame.visibleVariableByName(name)));
            } catch (Exception error) {
                return CompletableFuture.failedFuture(error);
            }
        }

        @Override
        public CompletableFuture<Value> evaluate(String name, ObjectReference object, ThreadReference thread) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException(name));
        }

        @Override
        public CompletableFuture<Value> evaluateForBreakpoint(IEvaluatableBreakpoint breakpoint, ThreadReference thread) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public CompletableFuture<Value> invokeMethod(
                ObjectReference object, String name, String signature, Value[] arguments, ThreadReference thread, boolean virtual) {
            try {
                var method = object.referenceType().methodsByName(name, signature).get(0);
                List<Value> given = arguments == null ? List.of() : List.of(arguments);
                var result = object.invokeMethod(thread, method, given, ObjectReference.INVOKE_SINGLE_THREADED);
                // the thread has run, so that its frames are others
                context.getStackFrameManager().reloadStackFrames(thread);
                return CompletableFuture.completedFuture(result);
            } catch (Exception error) {
                return CompletableFuture.failedFuture(error);
            }
        }

        @Override
        public void clearState(ThreadReference thread) {}
    }
}
