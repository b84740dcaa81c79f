/// Certificates, made by openssl(1) for one test.
#pragma once

#include <cstdlib>
#include <string>

#include "support/child.h"

namespace sockutils::test {

/// A folder with an authority (`ca.pem`), and certificates of its own making: each is NAME.pem, with its key
/// in NAME.key.
class Certificates {
 public:
  Certificates() {
    const std::string config =
        "[req]\ndistinguished_name=dn\n[dn]\n"
        "[ca]\nbasicConstraints=critical,CA:true\n"
        "[leaf]\nsubjectAltName=DNS:probe.example,DNS:*.wild.example,IP:127.0.0.1,IP:fd00::1\n"
        "[other]\nsubjectAltName=DNS:elsewhere.example\n"
        "[old]\nbasicConstraints=CA:false\n";
    works_ = run("command -v openssl >/dev/null") && run("printf '%s' '" + config + "' >conf") &&
             self_signed("ca", "/O=Test Authority/CN=ca", "ca") &&
             signed_by_authority("good", "/O=Example/CN=probe.example", "leaf", 30) &&
             signed_by_authority("other", "/CN=elsewhere.example", "other", 30) &&
             signed_by_authority("expired", "/CN=probe.example", "leaf", -1) &&
             signed_by_authority("plain", "/CN=plain.example", "old", 30) &&
             self_signed("self", "/CN=probe.example", "leaf");
  }

  /// Whether openssl(1) is there and made them.
  bool work() const { return works_; }
  std::string path(const std::string& file) const { return folder_.path() + "/" + file; }

  /// `subject` as openssl(1) takes it; `section` of the extensions.
  bool self_signed(const std::string& name, const std::string& subject, const std::string& section) const {
    return run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config conf -extensions " +
        section + " -keyout " + name + ".key -out " + name + ".pem -days 30 -utf8 -subj '" + subject + "'");
  }

 private:
  bool run(const std::string& command) const {
    return std::system(("cd '" + folder_.path() + "' && { " + command + "; } >log 2>&1").c_str()) == 0;
  }
  bool signed_by_authority(const std::string& name, const std::string& subject, const std::string& section,
                           int days) const {
    return run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config conf -keyout " + name +
               ".key -out " + name + ".csr -subj '" + subject + "' && openssl x509 -req -in " + name +
               ".csr -CA ca.pem -CAkey ca.key -set_serial " + std::to_string(100 + days) +
               " -extfile conf -extensions " + section + " -days " + std::to_string(days) + " -out " + name +
               ".pem");
  }

  TemporaryFolder folder_;
  bool works_ = false;
};

}  // namespace sockutils::test
