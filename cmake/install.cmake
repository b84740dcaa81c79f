# What `cmake --install` puts where. The installed tree works wherever it is moved to.
include(CMakePackageConfigHelpers)

# What `./dev run` needs, and nothing that needs the packages of the tests.
add_custom_target(programs DEPENDS ${SOCKUTILS_PROGRAMS} sockutils)

install(TARGETS ${SOCKUTILS_PROGRAMS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS sockutils sockutils_headers EXPORT sockutilsTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(SOCKUTILS_MODULES)
  install(TARGETS ${SOCKUTILS_MODULES} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/sockutils)
endif()

# find_package(sockutils)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/sockutils)
install(EXPORT sockutilsTargets NAMESPACE sockutils:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sockutilsConfig.cmake.in
  ${PROJECT_BINARY_DIR}/sockutilsConfig.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sockutilsConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sockutilsConfig.cmake
              ${PROJECT_BINARY_DIR}/sockutilsConfigVersion.cmake DESTINATION ${package_folder})

# pkg-config
set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig
     ${CMAKE_INSTALL_PREFIX}/${pkgconfig_folder} ${CMAKE_INSTALL_PREFIX})
configure_file(${CMAKE_CURRENT_LIST_DIR}/sockutils.pc.in ${PROJECT_BINARY_DIR}/sockutils.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sockutils.pc DESTINATION ${pkgconfig_folder})

# Man pages and completions are made by the build out of what the programs say of themselves; a build
# of the library alone has none.
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        FILES_MATCHING REGEX "/[^/]+\\.1$" PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5
        FILES_MATCHING REGEX "/[^/]+\\.5$" PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man7
        FILES_MATCHING REGEX "/[^/]+\\.7$" PATTERN "CMakeFiles" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8
        FILES_MATCHING REGEX "/[^/]+\\.8$" PATTERN "CMakeFiles" EXCLUDE)
# Units of systemd, for those who have it.
configure_file(${PROJECT_SOURCE_DIR}/tools/sockprobed/systemd/sockprobed.service.in
               ${PROJECT_BINARY_DIR}/sockprobed.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sockprobed.service ${PROJECT_SOURCE_DIR}/tools/sockprobed/systemd/sockprobed.socket
        DESTINATION lib/systemd/system)
foreach(program IN LISTS SOCKUTILS_PROGRAMS)
  set(completions ${PROJECT_BINARY_DIR}/completions/${program})
  install(FILES ${completions}.bash RENAME ${program} OPTIONAL
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completions}.zsh RENAME _${program} OPTIONAL
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${completions}.fish OPTIONAL
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endforeach()
