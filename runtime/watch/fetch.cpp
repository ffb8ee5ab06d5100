#include "runtime/watch/fetch.h"

#if WRIT_WITH_CURL

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string_view>

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::watch {

namespace {

constexpr long connect_seconds = 10, slow_seconds = 30, slow_bytes = 1'000;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

int stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

// Certificates are checked, other places not gone to, and who is too slow is left.
Handle prepare(const std::string& url, const Fetching& how) {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  Handle handle(ready ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!handle) return handle;
  auto* const curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, how.plain_http ? "http,https" : "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, slow_seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, slow_bytes);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "writ");
  if (!how.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, how.ca_file.c_str());
  if (how.stop) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(how.stop));
  }
  return handle;
}

struct Text {
  Fetched& into;
  std::size_t limit;
};

std::size_t take_text(const char* data, std::size_t, std::size_t size, void* to) {
  auto& [into, limit] = *static_cast<Text*>(to);
  if (into.body.size() + size > limit) return 0;
  into.body.append(data, size);
  return size;
}

struct Headers {
  std::string etag;
  std::time_t date = -1;
};

// The value of the header, where `line` is of that name.
std::optional<std::string> value_of(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || ::strncasecmp(line.data(), name.data(), name.size()) != 0) return std::nullopt;
  line.remove_prefix(name.size());
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = line.find_first_not_of(blanks), end = line.find_last_not_of(blanks);
  return begin == std::string_view::npos ? std::string() : std::string(line.substr(begin, end + 1 - begin));
}

std::size_t take_header(const char* data, std::size_t, std::size_t size, void* to) {
  auto& headers = *static_cast<Headers*>(to);
  if (const auto etag = value_of({data, size}, "etag:")) headers.etag = *etag;
  if (const auto date = value_of({data, size}, "date:")) headers.date = curl_getdate(date->c_str(), nullptr);
  return size;
}

struct Part {
  int file = -1;
  std::uint64_t have = 0, size = 0;
  CURL* curl = nullptr;
  bool too_long = false;
  bool from_begin = false;  // else what comes is the rest, unless the server sends all of it
  std::atomic<std::uint64_t>* fetched = nullptr;
};

std::size_t take_part(const char* data, std::size_t, std::size_t size, void* to) {
  auto& part = *static_cast<Part*>(to);
  long status = 0;
  curl_easy_getinfo(part.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200 && status != 206) return size;  // the words of an error
  if (status == 200 && !part.from_begin) {
    if (::ftruncate(part.file, 0) != 0 || ::lseek(part.file, 0, SEEK_SET) != 0) return 0;
    part.from_begin = true;
    part.have = 0;
  }
  if (part.have + size > part.size) {
    part.too_long = true;
    return 0;
  }
  for (std::size_t done = 0; done < size;) {
    const auto wrote = ::write(part.file, data + done, size - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return 0;
    done += static_cast<std::size_t>(wrote);
  }
  part.have += size;
  part.fetched->fetch_add(size);
  return size;
}

std::string wrong_of(const std::string& url, CURLcode code) {
  return "`" + url + "` cannot be fetched: " + curl_easy_strerror(code);
}
std::string wrong_of(const std::string& url, long status) {
  return "`" + url + "` cannot be fetched: the server answers " + std::to_string(status);
}

}  // namespace

Fetched fetch(const std::string& url, const std::string& etag, std::size_t limit, const Fetching& how) {
  Fetched fetched;
  const auto handle = prepare(url, how);
  if (!handle) {
    fetched.problem = "libcurl cannot be used";
    return fetched;
  }
  auto* const curl = handle.get();
  Text text{fetched, limit};
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_text);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
  Headers told;
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &told);
  curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, &curl_slist_free_all);
  if (!etag.empty()) headers.reset(curl_slist_append(nullptr, ("If-None-Match: " + etag).c_str()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  const auto code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &fetched.status);
  if (code != CURLE_OK)
    fetched.problem = wrong_of(url, code);
  else if (fetched.status != 200 && fetched.status != 304)
    fetched.problem = wrong_of(url, fetched.status);
  // Servers make ETags of the second and the size; two versions of one second may have one.
  curl_off_t changed = -1;
  curl_easy_getinfo(curl, CURLINFO_FILETIME_T, &changed);
  if (changed < 0 || (told.date >= 0 && told.date - changed >= 2)) fetched.etag = told.etag;
  return fetched;
}

std::string fetch_into(const std::string& url, const std::string& path, std::uint64_t size, const Fetching& how,
                       std::atomic<std::uint64_t>& fetched) {
  Part part;
  part.file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  const std::unique_ptr<Part, void (*)(Part*)> closing(&part, [](Part* one) {
    if (one->file >= 0) ::close(one->file);
  });
  const auto cannot_write = [&] { return "cannot write `" + path + "`: " + std::strerror(errno); };
  if (part.file < 0) return cannot_write();
  struct stat there{};
  if (::fstat(part.file, &there) != 0) return cannot_write();
  part.size = size;
  part.have = static_cast<std::uint64_t>(there.st_size);
  part.fetched = &fetched;
  if (part.have > size) {  // of something else
    if (::ftruncate(part.file, 0) != 0) return cannot_write();
    part.have = 0;
  }
  ::lseek(part.file, 0, SEEK_END);
  if (part.have < size) {
    const auto handle = prepare(url, how);
    if (!handle) return "libcurl cannot be used";
    auto* const curl = handle.get();
    part.curl = curl;
    part.from_begin = part.have == 0;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_part);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &part);
    const auto range = std::to_string(part.have) + "-";
    if (part.have != 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
    errno = 0;
    const auto code = curl_easy_perform(curl);
    if (part.too_long) {  // then its beginning is of something else, too
      static_cast<void>(::ftruncate(part.file, 0));
      return "`" + url + "` has more than " + std::to_string(size) + " bytes";
    }
    if (code == CURLE_WRITE_ERROR && errno == ENOSPC) return cannot_write();
    if (code != CURLE_OK) return wrong_of(url, code);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) return wrong_of(url, status);
    if (part.have != size)
      return "`" + url + "` has " + std::to_string(part.have) + " bytes and not " + std::to_string(size);
  }
  return ::fsync(part.file) == 0 ? "" : cannot_write();
}

}  // namespace writ::watch

#else

namespace writ::watch {

namespace {
constexpr const char* without = "this build has no libcurl and follows files and folders alone";
}

Fetched fetch(const std::string&, const std::string&, std::size_t, const Fetching&) { return {without, 0, {}, {}}; }
std::string fetch_into(const std::string&, const std::string&, std::uint64_t, const Fetching&,
                       std::atomic<std::uint64_t>&) {
  return without;
}

}  // namespace writ::watch

#endif
