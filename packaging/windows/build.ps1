<#
乡财一卡通的 Windows 安装程序，在 Windows 上制作：结果与 packaging/windows/build.sh 相同。

    powershell -ExecutionPolicy Bypass -File packaging\windows\build.ps1 [-Certificate 证书指纹] [-Timestamp 时间戳服务地址]

需要：Python 3.11（python.exe 在 PATH 里）、NSIS 3、MinGW-w64（x86_64-w64-mingw32-gcc、windres，例如 WinLibs 或 MSYS2 的）、git。
证书：装在“当前用户—个人”里的代码签名证书，-Certificate 给它的指纹；签名只有 Sign-File 一处，换别的办法只改它。
#>
param(
    [string]$Certificate = "",
    [string]$Timestamp = "",
    [string]$Work = "$env:TEMP\xiangcai-windows"
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$here = $PSScriptRoot
$root = (Resolve-Path "$here\..\..").Path
$version = (Select-String -Path "$root\pyproject.toml" -Pattern '^version = "(.*)"').Matches[0].Groups[1].Value
$four = (($version -split '\.') + 0, 0, 0, 0)[0..3] -join '.'
$folder = "$Work\program"
$dist = "$root\dist"
$env:SOURCE_DATE_EPOCH = git -C $root log -1 --format=%ct
$env:PYTHONHASHSEED = "0"

function Run([string]$program, [string[]]$words) {
    & $program @words
    if ($LASTEXITCODE -ne 0) { throw "$program 没有成功（$LASTEXITCODE）" }
}

# 签名：唯一的一处
function Sign-File([string]$file) {
    if ($Certificate -eq "") { return }
    $chosen = Get-Item "Cert:\CurrentUser\My\$Certificate"
    $said = @{ FilePath = $file; Certificate = $chosen; HashAlgorithm = "SHA256" }
    if ($Timestamp -ne "") { $said.TimestampServer = $Timestamp }
    $done = Set-AuthenticodeSignature @said
    if ($done.Status -ne "Valid") { throw "$file 没有签上名：$($done.StatusMessage)" }
}

New-Item -ItemType Directory -Force $Work, $dist | Out-Null
if (Test-Path $folder) { Remove-Item -Recurse -Force $folder }
Run python @("$here\libraries.py", "list", "$root\requirements\runtime.txt") | Out-File -Encoding ascii "$Work\libraries.txt"
$pip = @("-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes")
Run python ($pip + @("--dest", "$Work\interpreter", "--no-build-isolation", "-r", "$here\interpreter.txt"))
Run python ($pip + @("--dest", "$Work\wheels", "--platform", "win_amd64", "--python-version", "3.11", "--only-binary=:all:", "-r", "$Work\libraries.txt"))

# 解开、核对每个程序文件的签名（在 Windows 上由系统自己核对）、合成；核对不过就停下
Run python @("$here\interpreter.py", "$Work\interpreter", "$Work\wheels", $folder)
Run python @("$here\libraries.py", "unpack", "$Work\wheels", "$folder\lib")

foreach ($name in @("app", "models", "ui", "resources", "LICENSE")) {
    git -C $root ls-files --cached -- $name | ForEach-Object {
        $target = Join-Path $folder $_
        New-Item -ItemType Directory -Force (Split-Path $target) | Out-Null
        Copy-Item (Join-Path $root $_) $target
    }
}
[IO.File]::WriteAllText("$folder\python311._pth", "python311.zip`n.`nlib`n")
New-Item -ItemType Directory -Force "$folder\licences" | Out-Null
Copy-Item "$here\licences\*.txt" "$folder\licences"
Move-Item "$folder\LICENSE-Python.txt" "$folder\licences\Python.txt"
Push-Location $root
$schema = python -c "from models.store.migrations import MIGRATIONS; print(len(MIGRATIONS))"
Pop-Location
[IO.File]::WriteAllText("$folder\installed.json", "{`"way`": `"windows`", `"platform`": `"windows-x64`", `"version`": `"$version`", `"schema`": $schema}`n")
Run python @("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", $folder, "$folder\app", "$folder\models", "$folder\ui", "$folder\lib")

# 两个入口
$build = "$Work\launcher"
New-Item -ItemType Directory -Force $build | Out-Null
Copy-Item "$here\launcher.*" $build
Run python @("$here\icon.py", "$root\packaging\common\xiangcai.svg", "$build\xiangcai.ico")
Push-Location $build
Run windres @("-DFOUR_NUMBERS=$($four -replace '\.', ',')", "-DVERSION_TEXT=\`"$version\`"", "launcher.rc", "launcher.o")
$flags = @("-O2", "-s", "-municode", "-static", "-Wl,--no-insert-timestamp", "launcher.c", "launcher.o", "-o")
Run x86_64-w64-mingw32-gcc (@("-DWINDOW", "-mwindows") + $flags + @("$folder\xiangcai.exe"))
Run x86_64-w64-mingw32-gcc ($flags + @("$folder\xiangcai-cli.exe"))
Pop-Location
Copy-Item "$build\xiangcai.ico" $folder
Sign-File "$folder\xiangcai.exe"
Sign-File "$folder\xiangcai-cli.exe"

# 安装程序：卸载程序由 NSIS 在制作时生成，签名命令经 XIANGCAI_SIGN 交给它
foreach ($scope in @("user", "machine")) {
    $common = @("/V2", "/INPUTCHARSET", "UTF8", "/XTarget amd64-unicode", "/DVERSION=$version", "/DFOUR=$four", "/DSCOPE=$scope", "/DFOLDER=$folder", "/DHERE=$here")
    if ($Certificate -ne "") {
        $common += "/DSIGN=powershell -NoProfile -File `"$here\sign.ps1`" -Certificate $Certificate -Timestamp `"$Timestamp`" `"%1`""
    }
    Run makensis ($common + @("/DOUT=$Work\goback.exe", "$here\goback.nsi"))
    Run makensis ($common + @("/DGOBACK=$Work\goback.exe", "/DOUT=$dist\xiangcai-$version-windows-x64-$scope.exe", "$here\setup.nsi"))
}
Get-FileHash "$dist\xiangcai-$version-windows-x64-*.exe" -Algorithm SHA256 | Format-Table Hash, Path
