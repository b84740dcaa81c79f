#include "common/confine/confine.h"

#include <cap-ng.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>

#include "common/confine/steps.h"
#include "common/last_error.h"

namespace sockutils {
namespace {

/// A capability that is not there cannot be kept.
Result<void> keep_only(unsigned capability) {
  if (::capng_get_caps_process() != 0) return tl::unexpected(last_error("read", "capabilities"));
  const bool kept = ::capng_have_capability(CAPNG_PERMITTED, capability) != 0;
  ::capng_clear(CAPNG_SELECT_CAPS);
  if (kept)
    ::capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), capability);
  if (::capng_apply(CAPNG_SELECT_CAPS) != 0) return tl::unexpected(last_error("drop", "capabilities"));
  return {};
}

// GCC defines a macro, Clang has __has_feature.
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
constexpr bool UnderSanitizer = true;
#else
constexpr bool UnderSanitizer = false;
#endif

void note(ConfinementReport& report, const char* what, const Result<void>& result) {
  if (result)
    report.done.emplace_back(what);
  else
    report.missing.push_back(std::string(what) + ": " + result.error().message());
}

}  // namespace

Result<void> become_user(const std::string& name) {
  errno = 0;
  const passwd* const user = ::getpwnam(name.c_str());
  if (user == nullptr)
    return tl::unexpected(Error{errno, "become", name, errno == 0 ? "there is no such user" : ""});
  const uid_t uid = user->pw_uid;
  const gid_t gid = user->pw_gid;
  // Otherwise the change of user drops the capabilities.
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return tl::unexpected(last_error("keep", "capabilities"));
  if (::setgroups(0, nullptr) != 0 || ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0)
    return tl::unexpected(last_error("become", name));
  // The sanitizer's search for leaks at exit attaches to the process like a debugger.
  if (UnderSanitizer) ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  return keep_only(CAP_NET_BIND_SERVICE);
}

Result<ConfinementReport> confine_process(const Confinement& what) {
  ConfinementReport report;
  if (::geteuid() == 0 && !what.user.empty()) {
    if (auto became = become_user(what.user); !became) return tl::unexpected(became.error());
    report.done.push_back("user " + what.user);
  } else if (::geteuid() != 0) {
    // Drops the capabilities that the program's file gave it.
    if (auto kept = keep_only(CAP_NET_BIND_SERVICE); !kept) return tl::unexpected(kept.error());
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return tl::unexpected(last_error("give up", "new privileges"));
  if (UnderSanitizer) {
    // The sanitizer's own threads, and the files that it reads at exit, would be forbidden.
    report.missing.emplace_back("Landlock and seccomp: built with a sanitizer");
    return report;
  }
  if (what.files) note(report, "Landlock", restrict_files(what.readable_folders));
  if (what.system_calls) note(report, "seccomp", restrict_system_calls());
  return report;
}

}  // namespace sockutils
