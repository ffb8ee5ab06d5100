#include "runtime/store/redis/redis_store.h"

#include "runtime/store/redis/script.h"

#include <cerrno>
#include <charconv>
#include <mutex>
#include <optional>
#include <utility>

#include <hiredis/hiredis.h>
#include <signal.h>

namespace writ {

namespace {

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;
using Reply = std::unique_ptr<redisReply, FreeReply>;
using Words = std::vector<std::string>;

// Writing to a server that went away raises SIGPIPE, which ends a process that did not ask for it. It is kept from this thread meanwhile.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t waiting;
    sigpending(&waiting);
    waited_ = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec at_once{};
    while (!waited_ && sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool waited_ = false;  // one was on its way to somebody else
};

bool is_error(const Reply& reply, std::string_view begins = {}) {
  return reply && reply->type == REDIS_REPLY_ERROR && std::string_view(reply->str, reply->len).starts_with(begins);
}

// A number as the script writes it; -1 is never, and so is what is too large.
std::optional<std::int64_t> number(const redisReply* element) {
  if (element->type != REDIS_REPLY_STRING) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(element->str, element->str + element->len, value);
  if (error == std::errc::result_out_of_range || (error == std::errc() && value == -1)) return INT64_MAX;
  if (error != std::errc() || end != element->str + element->len) return std::nullopt;
  return value;
}

class RedisStore : public CounterStore {
 public:
  explicit RedisStore(RedisOptions options) : options_(std::move(options)) {}

  Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    Reservation made;
    std::vector<std::int64_t> counted;
    const auto granted = ask("reserve", rules, 0, now, made.before, counted);
    if (!granted) return {};
    made.outcome = *granted ? Reservation::Outcome::granted : Reservation::Outcome::closed;
    for (std::size_t i = 0; i < counted.size(); ++i)
      if (counted[i] != 0) made.counted |= std::uint64_t{1} << i;
    return made;
  }
  bool commit(std::span<const CounterRule> rules, const Reservation& reservation, std::int64_t now) noexcept override {
    return tell("commit", rules, reservation, now);
  }
  bool refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
              std::int64_t now) noexcept override {
    return tell(why == Refund::right ? "right" : "unused", rules, reservation, now);
  }
  std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    std::vector<Standing> stands;
    std::vector<std::int64_t> counted;
    if (!ask("peek", rules, 0, now, stands, counted)) stands.clear();
    return stands;
  }
  bool forget(std::span<const CounterKey> keys) noexcept override {
    try {
      Words words = {"DEL"};
      for (const auto& key : keys) words.push_back(name_of(key));
      return keys.empty() || (send(words) != nullptr);
    } catch (...) {
      return false;
    }
  }

 private:
  std::string name_of(const CounterKey& key) const { return options_.prefix + to_hex(key); }

  bool tell(const char* what, std::span<const CounterRule> rules, const Reservation& reservation,
            std::int64_t now) noexcept {
    std::vector<Standing> stands;
    std::vector<std::int64_t> counted;
    return ask(what, rules, reservation.counted, now, stands, counted).has_value();
  }

  // Whether it was granted; nothing when the server is away or answers what is no answer.
  std::optional<bool> ask(const char* what, std::span<const CounterRule> rules, std::uint64_t counted, std::int64_t now,
                          std::vector<Standing>& stands, std::vector<std::int64_t>& counts) noexcept {
    if (rules.size() > most_rules) return std::nullopt;
    try {
      const auto reply = run(words_of(what, rules, counted, now));
      constexpr std::size_t each = 5;
      if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 1 + rules.size() * each) return std::nullopt;
      std::vector<std::int64_t> numbers;
      for (std::size_t i = 0; i < reply->elements; ++i) {
        const auto value = number(reply->element[i]);
        if (!value) return std::nullopt;
        numbers.push_back(*value);
      }
      for (std::size_t at = 1; at < numbers.size(); at += each) {
        stands.push_back({numbers[at], numbers[at + 1], numbers[at + 2] != 0, numbers[at + 3]});
        counts.push_back(numbers[at + 4]);
      }
      return numbers[0] != 0;
    } catch (...) {
      return std::nullopt;
    }
  }

  Words words_of(const char* what, std::span<const CounterRule> rules, std::uint64_t counted, std::int64_t now) const {
    Words words = {"EVALSHA", "", std::to_string(rules.size())};
    for (const auto& rule : rules) words.push_back(name_of(rule.key));
    words.insert(words.end(), {std::to_string(now), std::to_string(lease), what});
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto& rule = rules[i];
      for (const std::int64_t value :
           {rule.attempts, rule.block, rule.within, std::int64_t(rule.growth), std::int64_t(rule.lasting), rule.longest,
            rule.temporary, rule.quick, rule.quick_block, rule.drain, std::int64_t{rule.first_of},
            std::int64_t(counted >> i & 1)})
        words.push_back(std::to_string(value));
    }
    return words;
  }

  // The script by its hash, and whole when the server does not have it (it is new, or was flushed).
  Reply run(Words words) {
    words[1] = known_hash();
    if (!words[1].empty()) {
      auto reply = send(words, "NOSCRIPT");
      if (!reply || !is_error(reply, "NOSCRIPT")) return reply;
    }
    const auto loaded = send({"SCRIPT", "LOAD", redis::script});
    if (!loaded || loaded->type != REDIS_REPLY_STRING) return nullptr;
    words[1].assign(loaded->str, loaded->len);
    {
      const std::scoped_lock lock(mutex_);
      hash_ = words[1];
    }
    return send(words);
  }
  std::string known_hash() {
    const std::scoped_lock lock(mutex_);
    return hash_;
  }

  // Null when there is no answer, or an error that does not begin with `expected`. A kept connection that the server closed in the meantime is
  // replaced once; that the words were read before it closed is possible, and then an attempt is counted twice.
  Reply send(const Words& words, std::string_view expected = {}) {
    const NoPipeSignal quiet;
    for (const bool fresh : {false, true}) {
      auto context = fresh ? connect() : kept();
      if (!context && !fresh) continue;
      if (!context) return nullptr;
      Reply reply = command(*context, words);
      if (!reply) {
        const bool closed =
            context->err == REDIS_ERR_EOF || (context->err == REDIS_ERR_IO && (errno == EPIPE || errno == ECONNRESET));
        if (closed && !fresh) continue;
        return nullptr;
      }
      keep(std::move(context));
      if (is_error(reply) && (expected.empty() || !is_error(reply, expected))) return nullptr;
      return reply;
    }
    return nullptr;
  }

  static Reply command(redisContext& context, const Words& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) texts.push_back(word.data()), sizes.push_back(word.size());
    return Reply(static_cast<redisReply*>(
        redisCommandArgv(&context, static_cast<int>(texts.size()), texts.data(), sizes.data())));
  }

  Context connect() const {
    timeval patience{};
    patience.tv_sec = static_cast<time_t>(options_.patience.count() / 1'000);
    patience.tv_usec = static_cast<suseconds_t>(options_.patience.count() % 1'000 * 1'000);
    Context context(options_.socket.empty() ? redisConnectWithTimeout(options_.host.c_str(), options_.port, patience)
                                            : redisConnectUnixWithTimeout(options_.socket.c_str(), patience));
    if (!context || context->err != 0 || redisSetTimeout(context.get(), patience) != REDIS_OK) return nullptr;
    if (!options_.password.empty()) {
      Words words = {"AUTH"};
      if (!options_.user.empty()) words.push_back(options_.user);
      words.push_back(options_.password);
      const auto reply = command(*context, words);
      if (!reply || is_error(reply)) return nullptr;
    }
    return context;
  }
  Context kept() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto context = std::move(idle_.back());
    idle_.pop_back();
    return context;
  }
  void keep(Context context) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < options_.idle) idle_.push_back(std::move(context));
  }

  const RedisOptions options_;
  std::mutex mutex_;           // of what stands below
  std::vector<Context> idle_;  // connections nobody uses
  std::string hash_;           // of the script, as the server says it
};

}  // namespace

std::shared_ptr<CounterStore> make_redis_store(RedisOptions options) {
  return std::make_shared<RedisStore>(std::move(options));
}

}  // namespace writ
