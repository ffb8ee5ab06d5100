// What serving bundles costs: opening one of 100,000 tenants to the first decision, and what is resident then; putting a tenant; decisions during a storm
// of swaps beside quiet ones, in turn; and two threads beside one. The tenants are those of bench_bundle under as many names.
//
//     bench_serve [TENANTS]
#include "runtime/bundle/builder.h"
#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"
#include "tests/bench/acme.h"
#include "tests/support/folder.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

using namespace writ;
using namespace writ::bundle;

namespace {

using Clock = std::chrono::steady_clock;

double micros(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }
double of_thread() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}
template <class T>
T quantile(std::vector<T> all, double part) {
  std::ranges::sort(all);
  return all.empty() ? T()
                     : all[std::min(all.size() - 1, static_cast<std::size_t>(part * static_cast<double>(all.size())))];
}

const PrivateKey& key() {
  static const PrivateKey made = PrivateKey::generate(Algorithm::ed25519).value();
  return made;
}
Opening opening() {
  Opening how;
  how.trust.keys.push_back({key().public_key(), {}});
  return how;
}

program::Part named(program::Part part, std::size_t number) {
  part.id = "tenant_" + std::to_string(number);
  part.hash = program::hash_of(part);
  return part;
}
void write_to(const std::string& path, const program::Part& first, std::size_t tenants, std::uint64_t version,
              const std::vector<Sample>& samples) {
  Builder builder;
  auto part = first;
  for (std::size_t i = 0; i < tenants; ++i) {
    part.id = "tenant_" + std::to_string(i);
    builder.add(part);
  }
  builder.ask(samples);
  Manifest manifest;
  manifest.version = version;
  write_file(path, builder.pieces(manifest), [](const Digest& root, std::vector<Signature>& signatures) {
    signatures.push_back(key().sign(bundle_message(root)).value());
    return Problem{};
  });
}

NamedRequest question(std::size_t number) {
  NamedRequest asked;
  asked.tenant = "tenant_" + std::to_string(number);
  asked.client = "shop";
  asked.connection = "staff";
  asked.facts["user.blocked"] = false;
  asked.facts["user.email"] = std::string("ada@acme.example");
  asked.facts["user.email_verified"] = true;
  asked.facts["request.ip"] = *parse_ip("10.0.0.1");
  asked.facts["session.mfa"] = false;
  return asked;
}

bool allows(const Engine& engine, std::size_t number, Request& request) {
  const auto asked = question(number);
  engine.bind(asked, request);
  return engine.interpret(request).effect == Effect::allow;
}

// Of the file that is mapped, as the system counts it.
std::size_t resident_of(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  std::size_t bytes = 0;
  bool ours = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') < line.find(' ')) ours = line.ends_with(path);
    if (ours && line.starts_with("Rss:")) bytes += std::stoul(line.substr(4)) * 1'024;
  }
  return bytes;
}

void open_to_first_decision(const std::string& path, std::size_t tenants) {
  std::vector<double> times, cpu;
  std::size_t tested = 0;
  for (int round = 0; round < 9; ++round) {
    const auto begin = Clock::now();
    const auto begin_cpu = of_thread();
    Engine engine(nullptr, Tier::interpret);
    const auto done = engine.open(path, opening());
    Request request;
    if (!done.ok() || !allows(engine, tenants / 2, request)) return fmt::print("it does not decide\n");
    times.push_back(micros(Clock::now() - begin) / 1e3);
    cpu.push_back(of_thread() - begin_cpu);
    tested = done.tested;
  }
  fmt::print("open to first decision   {:.1f} ms (processor time {:.1f} ms), {} questions of its own asked before\n",
             quantile(times, 0.5), quantile(cpu, 0.5) / 1e3, tested);
}

void residence(const std::string& path, std::size_t tenants) {
  Engine engine(nullptr, Tier::interpret);
  const auto heap_before = ::mallinfo2().uordblks;
  Problem problem;
  const auto opened = Bundle::open(path, problem);
  const auto head = opened->row(0).hot_begin;  // and shapes
  if (!engine.open(opened, opening()).ok()) return;
  const auto told = [&](const char* what, std::size_t touched_bytes, std::size_t asked) {
    const auto mapped = resident_of(path), heap = ::mallinfo2().uordblks - heap_before;
    const auto all = static_cast<double>(mapped + heap);
    fmt::print(
        "resident, {:<14} {:.1f} MB of the file and {:.1f} MB of the heap for {:.1f} MB touched (×{:.2f}); {:.2f} KB a "
        "tenant asked on the heap\n",
        what, static_cast<double>(mapped) / 1e6, static_cast<double>(heap) / 1e6,
        static_cast<double>(touched_bytes) / 1e6, all / static_cast<double>(touched_bytes),
        asked == 0 ? 0.0 : static_cast<double>(heap) / 1e3 / static_cast<double>(asked));
  };
  told("opened", head, 0);
  Request request;
  std::size_t touched = head;
  std::vector<std::size_t> numbers(tenants);
  for (std::size_t i = 0; i < tenants; ++i) numbers[i] = i;
  std::ranges::shuffle(numbers, std::mt19937(3));
  for (std::size_t i = 0; i < tenants; ++i) {
    allows(engine, numbers[i], request);
    const auto& row = opened->row(*opened->find("tenant_" + std::to_string(numbers[i])));
    touched += row.hot_size + row.cold_size;
    if (i + 1 == tenants / 100) told("1 % asked", touched, i + 1);
    if (i + 1 == tenants / 10) told("10 % asked", touched, i + 1);
  }
  told("all asked", touched, tenants);
}

void putting(const program::Part& first, const std::string& path, std::size_t tenants) {
  Engine engine(nullptr, Tier::interpret);
  if (!engine.open(path, opening()).ok()) return;
  Request request;
  for (std::size_t i = 0; i < 1'000; ++i) allows(engine, i, request);
  Problem problem;
  const auto other = Bundle::open(path, problem);
  const auto timed = [&](const char* what, int times, auto&& put) {
    std::vector<double> all, cpu;
    for (int i = 0; i < times; ++i) {
      auto made = put(static_cast<std::size_t>(i), true);
      const auto begin = Clock::now();
      const auto begin_cpu = of_thread();
      made();
      all.push_back(micros(Clock::now() - begin));
      cpu.push_back(of_thread() - begin_cpu);
    }
    fmt::print("put_tenant, {:<34} {:.1f} µs (processor time {:.1f} µs)\n", what, quantile(all, 0.5),
               quantile(cpu, 0.5));
  };
  timed("of a bundle, known shapes", 2'000, [&](std::size_t i, bool) {
    return [&, id = "tenant_" + std::to_string(i * 37 % tenants)] {
      if (engine.put_tenant(other, id)) fmt::print("not put\n");
    };
  });
  timed("compiled here, known shapes", 500, [&](std::size_t i, bool) {
    return [&, part = named(first, i)]() mutable {
      if (!engine.put_tenant(std::move(part)).empty()) fmt::print("not put\n");
    };
  });
  timed("compiled here, a new shape", 100, [&](std::size_t i, bool) {
    auto written = bench::text;
    std::string more;
    for (std::size_t n = 0; n <= i; ++n) more += fmt::format("  deny login \"n{}\" when user.logins > {}\n", n, n);
    written.insert(written.rfind('}'), more);
    return [&, part = named(bench::one(written), i)]() mutable {
      if (const auto wrong = engine.put_tenant(std::move(part)); !wrong.empty()) fmt::print("{}\n", wrong);
    };
  });
}

struct Read {
  double per_second = 0, p50 = 0, p999 = 0, cpu = 0;
};

// Names to a decision, again and again, of a thousand tenants.
Read read_for(const Engine& engine, std::chrono::milliseconds time) {
  std::vector<NamedRequest> questions;
  for (std::size_t i = 0; i < 1'000; ++i) questions.push_back(question(i));
  Request request;
  std::vector<float> all;
  all.reserve(4'000'000);
  const auto begin = Clock::now(), end = begin + time;
  const auto begin_cpu = of_thread();
  std::size_t at = 0;
  for (auto now = begin; now < end;) {
    engine.bind(questions[at++ % questions.size()], request);
    if (engine.decide(request).effect != Effect::allow) fmt::print("not allowed\n");
    const auto then = Clock::now();
    if (all.size() < all.capacity()) all.push_back(static_cast<float>(micros(then - now)));
    now = then;
  }
  const auto cpu = of_thread() - begin_cpu;
  return {static_cast<double>(at) / std::chrono::duration<double>(time).count(), quantile(all, 0.5),
          quantile(all, 0.999), cpu / static_cast<double>(at)};
}

void storm(const std::string& path, std::size_t tenants) {
  Engine engine(nullptr, Tier::interpret);
  if (!engine.open(path, opening()).ok()) return;
  Problem problem;
  const auto other = Bundle::open(path, problem);
  std::array<std::vector<double>, 2> per_second, p50, p999, cpu;
  read_for(engine, std::chrono::milliseconds(200));
  std::size_t swaps = 0;
  double seconds = 0;
  for (int round = 0; round < 18; ++round) {
    const bool stormy = round % 2 == 1;
    std::atomic<bool> stop{false};
    std::thread swapper;
    if (stormy)
      swapper = std::thread([&] {
        const auto begin = Clock::now();
        auto next = begin;
        for (std::size_t i = 0; !stop; ++i) {
          if (engine.put_tenant(other, "tenant_" + std::to_string(i * 7'919 % std::min<std::size_t>(tenants, 1'000))))
            fmt::print("not put\n");
          ++swaps;
          next += std::chrono::milliseconds(1);
          std::this_thread::sleep_until(next);
        }
        seconds += std::chrono::duration<double>(Clock::now() - begin).count();
      });
    const auto read = read_for(engine, std::chrono::milliseconds(500));
    stop = true;
    if (swapper.joinable()) swapper.join();
    per_second[stormy].push_back(read.per_second);
    p50[stormy].push_back(read.p50);
    p999[stormy].push_back(read.p999);
    cpu[stormy].push_back(read.cpu);
  }
  for (const bool stormy : {false, true})
    fmt::print("{:<24} {:.0f} decisions a second, p50 {:.2f} µs, p99.9 {:.2f} µs, processor time {:.3f} µs each\n",
               stormy ? fmt::format("{:.0f} swaps a second", static_cast<double>(swaps) / seconds) : "quiet",
               quantile(per_second[stormy], 0.5), quantile(p50[stormy], 0.5), quantile(p999[stormy], 0.5),
               quantile(cpu[stormy], 0.5));
  const auto metrics = engine.metrics();
  fmt::print("afterwards               {} bundles and {} parts alive for {} loaded\n", metrics.bundles_alive,
             metrics.parts_alive, metrics.loaded);
}

void threads(const std::string& path) {
  Engine engine(nullptr, Tier::interpret);
  if (!engine.open(path, opening()).ok()) return;
  read_for(engine, std::chrono::milliseconds(200));
  std::vector<double> wall, cpu;
  for (int round = 0; round < 9; ++round) {
    const auto one = read_for(engine, std::chrono::milliseconds(400));
    std::array<Read, 2> two;
    std::thread other([&] { two[1] = read_for(engine, std::chrono::milliseconds(400)); });
    two[0] = read_for(engine, std::chrono::milliseconds(400));
    other.join();
    wall.push_back((two[0].per_second + two[1].per_second) / one.per_second);
    cpu.push_back(2 * one.cpu / ((two[0].cpu + two[1].cpu) / 2));
  }
  fmt::print("two threads beside one   ×{:.2f} by the wall clock, ×{:.2f} by processor time for a decision\n",
             quantile(wall, 0.5), quantile(cpu, 0.5));
}

}  // namespace

int main(int count, char** words) {
  const std::size_t tenants = count > 1 ? std::stoul(words[1]) : 100'000;
  const support::Folder folder;
  const auto first = bench::one();
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < 64; ++i) samples.push_back({question(i * 997 % tenants), Effect::allow, Fault::none});
  const auto path = folder("all.writb");
  write_to(path, first, tenants, 1, samples);
  fmt::print("{} tenants, {:.0f} MB\n", tenants, static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  open_to_first_decision(path, tenants);
  residence(path, tenants);
  putting(first, path, tenants);
  storm(path, tenants);
  threads(path);
}
