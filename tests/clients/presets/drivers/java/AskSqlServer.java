import java.lang.reflect.Method;

/**
 * The JDBC driver for SQL Server asks for one token, as with authentication=ActiveDirectoryMSI: by the method
 * that it calls when a server, which is not there, wants one.
 */
final class AskSqlServer {
    private AskSqlServer() {}

    public static void main(String[] arguments) throws Exception {
        Class<?> type = Class.forName("com.microsoft.sqlserver.jdbc.SQLServerSecurityUtility");
        Method method = type.getDeclaredMethod("getMSIAuthToken", String.class, String.class);
        method.setAccessible(true);
        method.invoke(null, "https://database.windows.net/", null);
    }
}
