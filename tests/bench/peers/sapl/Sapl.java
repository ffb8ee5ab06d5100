// SAPL's embedded decision point decides the workload: Sapl FOLDER, the folder being one that `bench_doors --write` wrote (tests/bench/workload).
// A decision point for each tenant, its constants in the text of its policy, or one for all, to which each subscription brings its tenant as the
// environment. Prints a line of JSON for each way in; every decision is compared with the one expected, and one that differs ends the program.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sapl.api.functions.Function;
import io.sapl.api.functions.FunctionLibrary;
import io.sapl.api.interpreter.Val;
import io.sapl.api.pdp.AuthorizationSubscription;
import io.sapl.api.pdp.Decision;
import io.sapl.api.pdp.PolicyDecisionPoint;
import io.sapl.interpreter.DefaultSAPLInterpreter;
import io.sapl.interpreter.combinators.PolicyDocumentCombiningAlgorithm;
import io.sapl.interpreter.functions.AnnotationFunctionContext;
import io.sapl.interpreter.pip.AnnotationAttributeContext;
import io.sapl.pdp.PolicyDecisionPointFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public final class Sapl {
  static final int PASSES = 5;
  static final double SECONDS = 2; // how long a pass over the stream may take; a longer stream is cut there
  static final double WARM_UP = 10; // seconds of processor time, in which the virtual machine compiles what it runs
  static final int MOST_POINTS = 1_000; // decision points that are tried
  static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  // ---------------------------------------------------------------- the workload

  record Network(long first, long last) {}

  record PasswordRule(int shortest, int oldest) {}

  record Connection(String id, String kind, int password) {}

  record Client(String id, List<String> connections) {}

  record Tenant(String id, int open, int close, List<Network> networks, List<String> domains, List<PasswordRule> passwords,
      List<Connection> connections, List<Client> clients) {}

  record SignIn(String tenant, String client, String connection, String address, String email, List<String> groups, boolean mfa,
      int hour, int length, int age, boolean allowed) {}

  static int number(String text) {
    return Integer.parseInt(text);
  }

  static long address(String text) {
    long whole = 0;
    for (String part : text.split("\\.")) whole = whole << 8 | number(part);
    return whole;
  }

  static Network network(String text) {
    String[] parts = text.split("/");
    long first = address(parts[0]);
    return new Network(first, first | (1L << 32 - number(parts[1])) - 1);
  }

  static Stream<String[]> cut(String list) {
    return Arrays.stream(list.split(",")).map(text -> text.split(":"));
  }

  static Tenant tenant(String[] column) {
    List<Connection> connections = cut(column[6]).map(part -> new Connection(part[0], part[1], number(part[2]))).toList();
    return new Tenant(column[0], number(column[1]), number(column[2]), Arrays.stream(column[3].split(",")).map(Sapl::network).toList(),
        List.of(column[4].split(",")), cut(column[5]).map(part -> new PasswordRule(number(part[0]), number(part[1]))).toList(), connections,
        cut(column[7]).map(part -> new Client(part[0],
            Arrays.stream(part[1].split("\\.")).map(place -> connections.get(number(place)).id()).toList())).toList());
  }

  static SignIn signIn(String[] column) {
    return new SignIn(column[0], column[1], column[2], column[3], column[4], column[5].isEmpty() ? List.of() : List.of(column[5].split(",")),
        column[6].equals("1"), number(column[7]), number(column[8]), number(column[9]), column[10].equals("1"));
  }

  static <Row> List<Row> read(String folder, String name, java.util.function.Function<String[], Row> row) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(folder, name))) {
      return lines.map(line -> row.apply(line.split("\t"))).toList();
    }
  }

  // ---------------------------------------------------------------- policies

  // SAPL has no functions for networks: addresses are numbers, and this says whether one is within one of the pairs of first and last.
  @FunctionLibrary(name = "ip")
  public static final class Addresses {
    @Function
    public static Val within(Val address, Val networks) {
      long asked = address.getLong();
      for (JsonNode network : networks.getJsonNode())
        if (asked >= network.get(0).asLong() && asked <= network.get(1).asLong()) return Val.TRUE;
      return Val.FALSE;
    }
  }

  static ArrayNode strings(List<String> texts) {
    ArrayNode array = JSON.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  static ArrayNode networks(Tenant tenant) {
    ArrayNode array = JSON.arrayNode();
    for (Network network : tenant.networks()) array.add(JSON.arrayNode().add(network.first()).add(network.last()));
    return array;
  }

  // The policy of one tenant. Statements are asked in their order until one is false.
  static String written(Tenant of) {
    String clients = of.clients().stream().map(client -> "subject.client == \"%s\" && resource in %s".formatted(client.id(),
        strings(client.connections()))).collect(Collectors.joining(" || "));
    String companies = of.connections().stream().filter(one -> one.kind().equals("enterprise"))
        .map(one -> "resource != \"%s\"".formatted(one.id())).collect(Collectors.joining(" && "));
    StringBuilder text = new StringBuilder("""
        policy "sign in" permit where
          %s;
          subject.hour >= %d && subject.hour < %d;
          subject.mfa || !("admin" in subject.groups) && ip.within(subject.address, networks);
          %s || subject.domain in %s;
        """.formatted(clients, of.open(), of.close(), companies, strings(of.domains())));
    for (Connection one : of.connections())
      if (one.password() >= 0) {
        PasswordRule rule = of.passwords().get(one.password());
        text.append("  resource != \"%s\" || subject.length >= %d && subject.age <= %d;\n".formatted(one.id(), rule.shortest(), rule.oldest()));
      }
    return text.toString();
  }

  static final String FOR_ALL = """
      policy "sign in" permit where
        environment.clients[(subject.client)][(resource)] == true;
        subject.hour >= environment.open && subject.hour < environment.close;
        subject.mfa || !("admin" in subject.groups) && ip.within(subject.address, environment.networks);
        var connection = environment.connections[(resource)];
        connection.kind != "enterprise" || subject.domain in environment.domains;
        connection.kind != "database" || subject.length >= connection.shortest && subject.age <= connection.oldest;
      """;

  static ObjectNode asData(Tenant of) {
    ObjectNode connections = JSON.objectNode(), clients = JSON.objectNode();
    for (Connection one : of.connections()) {
      ObjectNode data = connections.putObject(one.id()).put("kind", one.kind());
      if (one.password() >= 0) {
        PasswordRule rule = of.passwords().get(one.password());
        data.put("shortest", rule.shortest()).put("oldest", rule.oldest());
      }
    }
    for (Client client : of.clients()) {
      ObjectNode allowed = clients.putObject(client.id());
      client.connections().forEach(id -> allowed.put(id, true));
    }
    ObjectNode data = JSON.objectNode().put("open", of.open()).put("close", of.close());
    data.set("networks", networks(of));
    data.set("domains", strings(of.domains()));
    data.set("connections", connections);
    data.set("clients", clients);
    return data;
  }

  static AuthorizationSubscription subscription(SignIn signIn, JsonNode environment) {
    ObjectNode subject = JSON.objectNode().put("client", signIn.client()).put("address", address(signIn.address()))
        .put("domain", signIn.email().substring(signIn.email().lastIndexOf('@') + 1)).put("mfa", signIn.mfa()).put("hour", signIn.hour())
        .put("length", signIn.length()).put("age", signIn.age());
    subject.set("groups", strings(signIn.groups()));
    return new AuthorizationSubscription(subject, JSON.textNode("login"), JSON.textNode(signIn.connection()), environment);
  }

  static final DefaultSAPLInterpreter INTERPRETER = new DefaultSAPLInterpreter();

  static PolicyDecisionPoint point(String policy, Map<String, Val> variables, AnnotationAttributeContext attributes,
      AnnotationFunctionContext functions) {
    return PolicyDecisionPointFactory.fixedInRamPolicyDecisionPoint(INTERPRETER, List.of(policy),
        PolicyDocumentCombiningAlgorithm.DENY_UNLESS_PERMIT, variables, attributes, functions, UnaryOperator.identity(), UnaryOperator.identity());
  }

  static boolean allows(PolicyDecisionPoint point, AuthorizationSubscription asked) {
    return point != null && point.decideOnce(asked).block().getDecision() == Decision.PERMIT;
  }

  // ---------------------------------------------------------------- measuring

  static final String VERSION = version();

  static String version() {
    try (InputStream in = PolicyDecisionPoint.class.getResourceAsStream("/META-INF/maven/io.sapl/sapl-pdp-embedded/pom.properties")) {
      Properties known = new Properties();
      known.load(in);
      return known.getProperty("version");
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  static double processor() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  static long heap() {
    for (int i = 0; i < 3; ++i) System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  static boolean compare(List<SignIn> stream, IntPredicate decide, int place) {
    boolean allowed = decide.test(place);
    if (allowed != stream.get(place).allowed())
      throw new IllegalStateException("sign-in %d is decided differently: allowed is %b".formatted(place + 1, allowed));
    return allowed;
  }

  static void measure(ObjectNode row, List<SignIn> stream, IntPredicate decide) {
    double warm = processor() + WARM_UP * 1e9;
    for (int place = 0; processor() < warm; place = (place + 1) % stream.size()) compare(stream, decide, place);
    // The first pass compares, and says how much of the stream fits the time.
    int decided = 0, expected = 0;
    for (long began = System.nanoTime(); decided < stream.size() && System.nanoTime() - began < SECONDS * 1e9; ++decided) {
      expected += compare(stream, decide, decided) ? 1 : 0;
    }
    double[] byClock = new double[PASSES], ofProcessor = new double[PASSES], single = new double[decided];
    for (int pass = 0; pass < PASSES; ++pass) {
      long began = System.nanoTime();
      double spent = processor();
      int allowed = 0;
      for (int place = 0; place < decided; ++place) allowed += decide.test(place) ? 1 : 0;
      byClock[pass] = (double) (System.nanoTime() - began) / decided;
      ofProcessor[pass] = (processor() - spent) / decided;
      if (allowed != expected) throw new IllegalStateException("a later pass decides differently");
    }
    for (int place = 0; place < decided; ++place) {
      long began = System.nanoTime();
      decide.test(place);
      single[place] = System.nanoTime() - began;
    }
    Arrays.sort(single);
    row.put("decided", decided).put("mean_ns", median(byClock)).put("processor_ns", median(ofProcessor))
        .put("p50", single[(decided - 1) * 50 / 100]).put("p99", single[(int) ((decided - 1) * 99L / 100)]);
  }

  // What a set-up leaves of a tenant: who decides, and what the subscription brings along.
  record Loaded(PolicyDecisionPoint point, JsonNode environment) {}

  interface SetUp {
    Map<String, Loaded> load(List<Tenant> tenants) throws Exception;
  }

  static void run(String name, List<Tenant> tenants, List<SignIn> stream, SetUp setUp) throws Exception {
    long before = heap(), began = System.nanoTime();
    Map<String, Loaded> loaded = setUp.load(tenants);
    double seconds = (System.nanoTime() - began) / 1e9;
    long bytes = heap() - before;
    Loaded nobody = new Loaded(null, null);
    List<AuthorizationSubscription> ready = new ArrayList<>();
    for (SignIn one : stream) ready.add(subscription(one, loaded.getOrDefault(one.tenant(), nobody).environment()));
    Map<String, IntPredicate> ways = new LinkedHashMap<>();
    ways.put("request ready", place -> allows(loaded.getOrDefault(stream.get(place).tenant(), nobody).point(), ready.get(place)));
    ways.put("request built", place -> {
      SignIn asked = stream.get(place);
      Loaded of = loaded.getOrDefault(asked.tenant(), nobody);
      return allows(of.point(), subscription(asked, of.environment()));
    });
    for (Map.Entry<String, IntPredicate> way : ways.entrySet()) {
      ObjectNode row = JSON.objectNode().put("peer", "SAPL").put("version", VERSION)
          .put("variant", name + ", " + way.getKey()).put("tenants", tenants.size());
      measure(row, stream, way.getValue());
      System.out.println(row.put("load_s", seconds).put("bytes", bytes));
    }
  }

  public static void main(String[] arguments) throws Exception {
    List<Tenant> tenants = read(arguments[0], "tenants.tsv", Sapl::tenant);
    List<SignIn> stream = read(arguments[0], "requests.tsv", Sapl::signIn);
    AnnotationAttributeContext attributes = new AnnotationAttributeContext();
    AnnotationFunctionContext functions = new AnnotationFunctionContext(List::of, () -> List.of(Addresses.class));
    if (tenants.size() > MOST_POINTS)
      System.err.println("SAPL, a decision point a tenant: not tried with more than %d tenants".formatted(MOST_POINTS));
    else
      run("a decision point a tenant", tenants, stream, all -> {
        Map<String, Loaded> loaded = new HashMap<>();
        for (Tenant one : all)
          loaded.put(one.id(), new Loaded(point(written(one), Map.of("networks", Val.of(networks(one))), attributes, functions), null));
        return loaded;
      });
    run("a policy for all, tenants as data", tenants, stream, all -> {
      PolicyDecisionPoint point = point(FOR_ALL, Map.of(), attributes, functions);
      Map<String, Loaded> loaded = new HashMap<>();
      for (Tenant one : all) loaded.put(one.id(), new Loaded(point, asData(one)));
      return loaded;
    });
  }
}
