; The installer of 乡财一卡通 for Windows 10/11 x64.
;   makensis -DVERSION=1.2.3 -DFOUR=1.2.3.0 -DFOLDER=… -DOUT=… -DSCOPE=user|machine [-DKEEPSIGN="…"] setup.nsi
;
; $INSTDIR holds current\ (the program), before\ (the one before, for going back), uninstall.exe and goback.exe.
; A new version is unpacked whole into next\ and changes places by two renames: a cut in between leaves one that runs,
; and no stale file survives. Offices' folders are never looked at, let alone touched.

Unicode true
!ifdef SIGN
  !finalize '${SIGN}' = 0
  !uninstfinalize '${SIGN}' = 0
!endif
!ifdef QUICK ; for trying only: a third of the time, half as large again
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 32
!endif
!include x64.nsh
!include WinVer.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh

!define NAME "乡财一卡通"
!define ID "XiangCai"
!if ${SCOPE} == machine
  !define ROOTKEY HKLM
  !define FORM "所有用户"
  RequestExecutionLevel admin
!else
  !define ROOTKEY HKCU
  !define FORM "当前用户"
  RequestExecutionLevel user
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"

Name "${NAME}"
Caption "${NAME} ${VERSION} 安装（${FORM}）"
OutFile "${OUT}"
InstallDirRegKey ${ROOTKEY} "Software\${ID}" "Folder"
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
ManifestDPIAware true
ManifestSupportedOS Win10

VIProductVersion ${FOUR}
VIFileVersion ${FOUR}
VIAddVersionKey /LANG=2052 ProductName "${NAME}"
VIAddVersionKey /LANG=2052 FileDescription "${NAME} 安装程序"
VIAddVersionKey /LANG=2052 FileVersion "${VERSION}"
VIAddVersionKey /LANG=2052 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=2052 LegalCopyright "Apache-2.0"

!define MUI_ICON "${FOLDER}\xiangcai.ico"
!define MUI_UNICON "${FOLDER}\xiangcai.ico"
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TEXT "将安装 ${NAME} ${VERSION}（${FORM}）。$\r$\n$\r$\n已经装有旧版本的，会原地升级，旧版本留着可以退回。办公点的数据不在程序文件夹里，安装、升级和卸载都不会动它。$\r$\n$\r$\n不需要联网。"
!insertmacro MUI_PAGE_WELCOME
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE LeaveFolderPage
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\current\xiangcai.exe"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开 ${NAME}"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE SimpChinese

!include "${HERE}\filetypes.nsh"
!include "${HERE}\running.nsh"
!insertmacro RunningCheck ""
!insertmacro RunningCheck "un."

; What an administrator's script gets: 0 done, 2 refused, 3 the program did not let go of its files.
!macro Refuse SENTENCE
  MessageBox MB_ICONSTOP|MB_OK "${SENTENCE}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    !insertmacro Refuse "${NAME} 需要 64 位的 Windows 10 或 11，这台电脑是 32 位系统。请换一台电脑安装。"
  ${EndIf}
  ${IfNot} ${AtLeastWin10}
    !insertmacro Refuse "${NAME} 需要 Windows 10 或 11，这台电脑的系统太旧。请换一台电脑安装。"
  ${EndIf}
  SetRegView 64
  ${If} $INSTDIR == ""
    ReadRegStr $INSTDIR ${ROOTKEY} "Software\${ID}" "Folder"
  ${EndIf}
  ${If} $INSTDIR == ""
    Call DefaultFolder
  ${EndIf}
  ${If} ${Silent}
    Call RefuseOtherSigns
  ${EndIf}
  ReadRegStr $0 ${ROOTKEY} "Software\${ID}" "Version"
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 == 1
      ${GetParameters} $2
      ClearErrors
      ${GetOptions} $2 "/OLDER" $3
      ${If} ${Errors}
        !insertmacro Refuse "这台电脑上装的是更新的版本 $0，不能用 ${VERSION} 覆盖。要退回旧版本，请在程序的“系统—升级”里退回，或加参数 /OLDER 重新运行安装程序。"
      ${EndIf}
    ${EndIf}
  ${EndIf}
FunctionEnd

; Some libraries cannot be loaded from a folder whose name is not plain ASCII; a user called 张三 has such a home.
Function DefaultFolder
!if ${SCOPE} == machine
  StrCpy $INSTDIR "$PROGRAMFILES64\${ID}"
!else
  StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${ID}"
  Push $INSTDIR
  Call IsPlain
  Pop $0
  ${If} $0 == 0
    ReadEnvStr $0 SystemDrive
    StrCpy $INSTDIR "$0\${ID}"
  ${EndIf}
!endif
FunctionEnd

Function IsPlain ; path → 1 when every sign of it is ASCII, else 0
  Exch $R0
  ; 20127 is ASCII, 0x400 forbids look-alikes; the last answer says whether a sign had none
  System::Call "kernel32::WideCharToMultiByte(i 20127, i 0x400, w R0, i -1, m .R1, i ${NSIS_MAX_STRLEN}, m '?', *i .R2)"
  ${If} $R2 == 0
    StrCpy $R0 1
  ${Else}
    StrCpy $R0 0
  ${EndIf}
  Exch $R0
FunctionEnd

Function RefuseOtherSigns
  Push $INSTDIR
  Call IsPlain
  Pop $0
  ${If} $0 == 0
    !insertmacro Refuse "程序不能装在“$INSTDIR”：路径里只能有英文字母、数字和符号。请换一个文件夹，例如 C:\${ID}。办公点的数据可以放在中文文件夹里。"
  ${EndIf}
FunctionEnd

Function LeaveFolderPage
  Push $INSTDIR
  Call IsPlain
  Pop $0
  ${If} $0 == 0
    MessageBox MB_ICONEXCLAMATION|MB_OK "程序不能装在“$INSTDIR”：路径里只能有英文字母、数字和符号。请换一个文件夹，例如 C:\${ID}。$\r$\n$\r$\n办公点的数据可以放在中文文件夹里。"
    Abort
  ${EndIf}
FunctionEnd

Section
  Call WaitUntilClosed
  RMDir /r "$INSTDIR\next"
  ClearErrors
  SetOutPath "$INSTDIR\next"
  File /r "${FOLDER}\*.*"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\next"
    !insertmacro Refuse "程序文件没有写完（磁盘满、没有权限，或被杀毒软件拦下）。原来的版本没有动，仍可使用。请处理后重新安装。"
  ${EndIf}
  SetOutPath "$INSTDIR"
  ReadRegStr $0 ${ROOTKEY} "Software\${ID}" "Version"
  ${If} ${FileExists} "$INSTDIR\current\xiangcai.exe"
    RMDir /r "$INSTDIR\before"
    ClearErrors
    Rename "$INSTDIR\current" "$INSTDIR\before"
    ${If} ${Errors}
      RMDir /r "$INSTDIR\next"
      SetErrorLevel 3
      MessageBox MB_ICONSTOP|MB_OK "原来的程序文件正在使用，没有升级。请关闭 ${NAME} 后重新安装。" /SD IDOK
      Abort
    ${EndIf}
    WriteRegStr ${ROOTKEY} "Software\${ID}" "VersionBefore" "$0"
  ${EndIf}
  Rename "$INSTDIR\next" "$INSTDIR\current"
  File "${GOBACK}"
  FileOpen $0 "$INSTDIR\scope" w
  FileWrite $0 "${SCOPE}"
  FileClose $0
  WriteUninstaller "$INSTDIR\uninstall.exe"

  WriteRegStr ${ROOTKEY} "Software\${ID}" "Folder" "$INSTDIR"
  WriteRegStr ${ROOTKEY} "Software\${ID}" "Version" "${VERSION}"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "DisplayIcon" "$INSTDIR\current\xiangcai.exe"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr ${ROOTKEY} "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD ${ROOTKEY} "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD ${ROOTKEY} "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR\current" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD ${ROOTKEY} "${UNINSTALL}" "EstimatedSize" "$0"

  !insertmacro FileTypes
  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\current\xiangcai.exe" "" "$INSTDIR\current\xiangcai.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}\卸载 ${NAME}.lnk" "$INSTDIR\uninstall.exe"
SectionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

; Program files only, each by its own name: a folder that somebody else put beside them stays, with all that is in it.
Section Uninstall
  Call un.WaitUntilClosed
  RMDir /r "$INSTDIR\current"
  RMDir /r "$INSTDIR\before"
  RMDir /r "$INSTDIR\next"
  Delete "$INSTDIR\goback.exe"
  Delete "$INSTDIR\scope"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}\${NAME}.lnk"
  Delete "$SMPROGRAMS\${NAME}\卸载 ${NAME}.lnk"
  RMDir "$SMPROGRAMS\${NAME}"
  !insertmacro NoFileTypes
  DeleteRegKey ${ROOTKEY} "${UNINSTALL}"
  DeleteRegKey ${ROOTKEY} "Software\${ID}"
SectionEnd
