# 签一个文件（NSIS 在做成安装程序、卸载程序以后逐个调用）：sign.ps1 -Certificate 指纹 [-Timestamp 地址] 文件
param([Parameter(Mandatory)][string]$Certificate, [string]$Timestamp = "", [Parameter(Mandatory, Position = 0)][string]$File)
$ErrorActionPreference = "Stop"
$said = @{ FilePath = $File; Certificate = Get-Item "Cert:\CurrentUser\My\$Certificate"; HashAlgorithm = "SHA256" }
if ($Timestamp -ne "") { $said.TimestampServer = $Timestamp }
$done = Set-AuthenticodeSignature @said
if ($done.Status -ne "Valid") { Write-Error "$File 没有签上名：$($done.StatusMessage)"; exit 1 }
