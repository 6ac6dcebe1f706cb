# Pester 5: Invoke-Pester Nightly.Tests.ps1
#
# Az.Accounts keeps its token and the address for the process, so one emulator serves all tests of the file. To
# begin without a token, run another file: Invoke-Pester in a new pwsh.
BeforeAll {
    Import-Module Imds.Emulator
    Start-ImdsEmulator -LimitProfile azure | Out-Null
    Import-Module Az.Accounts
    Import-Module Az.Resources
}

AfterAll {
    Stop-ImdsEmulator
}

Describe 'the nightly job' {
    It 'signs in, although the service is busy twice' {
        Add-ImdsFault -Status 429 -Next 2
        Connect-AzAccount -Identity -Scope Process | Should -Not -BeNullOrEmpty
        (Get-ImdsJournal).status | Should -Contain 429
    }

    It 'lists its resources' {
        Get-AzResource | Should -Not -BeNullOrEmpty
        (Get-ImdsJournal -ResourceManager).command | Should -Contain 'Get-AzResource'
    }

    It 'broke no rule of a client' {
        Test-ImdsClient | Should -BeTrue
    }
}
