@{
    RootModule        = 'Imds.Emulator.psm1'
    ModuleVersion     = '@version@'
    GUID              = '5a1f0c9e-0000-4000-8000-0000000000e1'
    Author            = '@authors@'
    CompanyName       = 'imds-emulator'
    Copyright         = 'MIT OR Apache-2.0'
    Description       = 'An Azure Instance Metadata Service for PowerShell scripts and their tests'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'Start-ImdsEmulator', 'Stop-ImdsEmulator', 'Invoke-WithImds', 'Reset-ImdsEmulator',
        'Add-ImdsFault', 'Clear-ImdsFault', 'Set-ImdsLimit', 'Get-ImdsTally', 'Get-ImdsJournal', 'Get-ImdsVerdict', 'Test-ImdsClient'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
    PrivateData       = @{
        PSData = @{
            Tags       = @('azure', 'imds', 'managed-identity', 'pester')
            ProjectUri = '@repository@'
            LicenseUri = '@repository@/blob/main/LICENSE-MIT'
        }
    }
}
