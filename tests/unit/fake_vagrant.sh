#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Stands in for Vagrant: plays $SCENE. It keeps a machine as Vagrant does, by a file below
# VAGRANT_DOTFILE_PATH, notes in $FAKE/log how it was called, and in $FAKE/env with which settings.
echo "$*" >>"$FAKE/log"
env | grep ^RINGSIDE_ | sort >"$FAKE/env"
[ "$1" != --no-tty ] || shift

fail() { printf '%s\n' "$@" >&2; exit 1; }
machine() { echo "$VAGRANT_DOTFILE_PATH/machines/$1/libvirt"; }

case "$SCENE:$1 $2" in
no-start:*) fail "Vagrant failed to initialize at a very early stage:" "" "a plugin is broken" ;;
no-provider:plugin*) echo "No plugins installed." ;;
*:plugin*) echo "vagrant-libvirt (0.11.2, system)" ;;

have-box:"box list") printf '1,,box-name,a/b\n1,,box-provider,libvirt\n1,,box-version,7\n' ;;
*:"box list") echo "1,,ui,warn,There are no installed boxes!" ;;
no-box:"box add") fail "The box 'a/b' could not be found or" "could not be accessed in the remote catalog. If this is" \
	"a private box, log in." "" "URL: [\"http://x\"]" "Error: Could not resolve host: x" ;;
*:"box add") ;;

no-up:up*) fail "There was an error talking to Libvirt." "" "no network with matching name 'x'" ;;
slow-up:up*) echo "Waiting for domain to get an IP address..."; sleep 60 ;;
*:up*)
	mkdir -p "$(machine "$2")"
	echo 1 >"$(machine "$2")/id"
	;;

*:ssh*)
	echo "$4" >"$FAKE/command"
	nonce=${4#*/start }
	nonce=${nonce%% *}
	echo "Welcome to a distribution!"
	[ "$SCENE" != full ] || { head -c 1000 >/dev/null; fail "tar: ./bin/deno: Cannot write: No space left on device"; }
	if [ "$SCENE" = archive ]; then cat >"$FAKE/freight"; else cat >/dev/null; fi
	echo "RS $nonce up"
	case "$SCENE" in
	dies) head -n 4 "$FAKE/lines"; exit 255 ;;
	slow) sleep 60 ;;
	lines) exec yes "a line that is not meant to end" ;;
	long-line) exec tr '\0' x </dev/zero ;;
	esac
	cat "$FAKE/lines"
	echo "RS $nonce exit ${CODE-0}"
	echo "${LAST-the kernel's last words}" >&2
	;;

*:status*) echo "1,$2,state,shutoff" ;;
stays:destroy*) fail "The machine is locked." ;;
hangs:destroy*) echo "The domain is being destroyed"; sleep 60 ;;
hangs:halt*) sleep 60 ;;
*:destroy*) rm -rf "$VAGRANT_DOTFILE_PATH/machines/$3" ;;
*:halt*) ;;
*) fail "unknown to the stand-in: $*" ;;
esac
