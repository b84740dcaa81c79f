/// Processes and folders that last as long as a test needs them.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace sockutils::test {

/// A process that has run `body` when the constructor returns, then runs `afterwards`, and waits to be
/// ended by the destructor. It inherits every descriptor.
class Child {
 public:
  using Body = std::function<void()>;
  explicit Child(
      const Body& body, const Body& afterwards = [] {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// A folder that goes with the object, for unix sockets with a path.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sockutils::test
