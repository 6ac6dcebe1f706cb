# Sourced by the scripts that drive a Chromium, at the top of the tree: sets CHROMIUM, `build` (the build
# folder) and `folder` (where Node.js finds the browser's packages and browser.js), or skips the script.

skip() {
    echo "SKIPPED: $1"
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
export CHROMIUM
[ -n "$CHROMIUM" ] || skip "no chromium"
command -v npm >/dev/null || skip "no npm"
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || skip "no node 20 or newer"

mkdir -p "${CARGO_TARGET_DIR:-target}/admin/browser"
build=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
folder=$build/admin/browser
if ! cmp -s tests/admin/browser/package-lock.json "$folder/installed.json"; then
    cp tests/admin/browser/package.json tests/admin/browser/package-lock.json "$folder"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp tests/admin/browser/package-lock.json "$folder/installed.json"
fi
cp tests/admin/browser/browser.js "$folder"
